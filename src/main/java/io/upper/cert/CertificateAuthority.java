package io.upper.cert;

import io.upper.jvm.TemporaryFiles;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Creates a certification authority (CA) and a certificate for the server {@code localhost}, signed
 * by it.
 *
 * <p>Java has no public API that signs certificates, so {@code keytool} does it, as a child process
 * with a temporary key store. The store's contents are then written as PEM files, the format that
 * Vert.x and OpenSSL read.
 *
 * <pre>
 *   ca-key.pem     signs certificates; keep it secret, or better, away from the server
 *   ca-cert.pem    what clients trust
 *   server-key.pem proves that the server owns the certificate; keep it secret
 *   server-cert.pem what the server sends: the leaf only. A client has the CA's certificate or does
 *                  not trust it, so sending it too would be useless (RFC 8446, section 4.4.2)
 * </pre>
 */
public final class CertificateAuthority {
  /** The certificate that clients trust. */
  public static final String CA_CERTIFICATE = "ca-cert.pem";

  /** The key that signs certificates, PKCS #8. */
  public static final String CA_KEY = "ca-key.pem";

  /** The certificate that the server sends. */
  public static final String SERVER_CERTIFICATE = "server-cert.pem";

  /** The server's key, PKCS #8. */
  public static final String SERVER_KEY = "server-key.pem";

  /** The subject of the certificate that clients trust. */
  public static final String NAME = "CN=Upper CA";

  private static final int CA_DAYS = 3650;

  /**
   * How long a server's certificate is valid at most, in days from now: Apple's clients reject more
   * than 825, both ends and yesterday included.
   */
  public static final int SERVER_DAYS = 823;

  private CertificateAuthority() {}

  /**
   * Writes {@value #CA_KEY}, {@value #CA_CERTIFICATE}, {@value #SERVER_KEY} and {@value
   * #SERVER_CERTIFICATE}. Only the owner can read the keys. Blocks for seconds: never call it on an
   * event loop.
   *
   * <p>Never overwrites a file. If several processes start at once, the one that creates the
   * server's key continues and the others fail. The server's certificate is written last, so
   * wherever it exists its key exists too, even after a crash.
   *
   * @param directory where to write; created if missing
   * @throws IOException if one of the four files exists already (naming it), if {@code keytool} is
   *     missing or fails, or if a file cannot be written
   */
  public static void create(Path directory) throws IOException {
    create(directory, List.of(), List.of(), SERVER_DAYS);
  }

  /**
   * Does the same for a server with further names.
   *
   * @param names host names beside {@code localhost}, in ASCII and without commas
   * @param addresses literal IP addresses beside those of the loopback interface
   * @param days how long the server's certificate is valid from now, at least 1
   * @throws IOException as {@link #create(Path)}
   */
  public static void create(Path directory, List<String> names, List<String> addresses, int days)
      throws IOException {
    for (String name : List.of(SERVER_KEY, CA_KEY, SERVER_CERTIFICATE, CA_CERTIFICATE)) {
      refuseExisting(directory.resolve(name));
    }
    Path scratch = createScratchIn(directory);
    Thread removal = new Thread(() -> TemporaryFiles.delete(scratch), "certificates-cleanup");
    Runtime.getRuntime().addShutdownHook(removal); // Ctrl-C skips finally
    try {
      makeIn(scratch, directory, serverArguments(names, addresses, days));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read what keytool wrote: " + e.getMessage(), e);
    } finally {
      TemporaryFiles.delete(scratch);
      removeHook(removal);
    }
  }

  /** The settings of a TLS server that shows the certificate in {@code directory}. */
  public static JsonObject settings(Path directory) {
    return new JsonObject()
        .put("certificate", directory.resolve(SERVER_CERTIFICATE).toString())
        .put("key", directory.resolve(SERVER_KEY).toString());
  }

  private static void makeIn(Path scratch, Path directory, List<String> server)
      throws IOException, GeneralSecurityException {
    Keytool keytool = new Keytool(scratch);
    keytool.generate(caArguments());
    keytool.generate(server);
    char[] secret = keytool.password();
    KeyStore store = KeyStore.getInstance(keytool.store(), secret);
    byte[] caKey = PemFile.write("PRIVATE KEY", store.getKey("ca", secret).getEncoded());
    byte[] caCertificate = PemFile.write("CERTIFICATE", store.getCertificate("ca").getEncoded());
    byte[] serverKey = PemFile.write("PRIVATE KEY", store.getKey("server", secret).getEncoded());
    byte[] serverCertificate =
        PemFile.write("CERTIFICATE", store.getCertificate("server").getEncoded());

    List<Path> written = new ArrayList<>();
    try {
      // Creating this file is atomic: only one process succeeds.
      writeKey(directory.resolve(SERVER_KEY), serverKey, written);
      writeKey(directory.resolve(CA_KEY), caKey, written);
      writeCertificate(scratch, directory.resolve(CA_CERTIFICATE), caCertificate, written);
      writeCertificate(scratch, directory.resolve(SERVER_CERTIFICATE), serverCertificate, written);
    } catch (IOException | RuntimeException e) {
      for (int i = written.size() - 1; i >= 0; i--) { // the certificate before its key
        Files.deleteIfExists(written.get(i));
      }
      throw e;
    }
  }

  private static List<String> caArguments() {
    return concat(List.of("-alias", "ca", "-dname", NAME), caExtensions());
  }

  /** The arguments of keytool for the authority's certificate. */
  static List<String> caExtensions() {
    return List.of(
        "-validity", Integer.toString(CA_DAYS),
        "-ext", "BasicConstraints:critical=ca:true",
        "-ext", "KeyUsage:critical=keyCertSign,cRLSign");
  }

  private static List<String> serverArguments(
      List<String> names, List<String> addresses, int days) {
    StringBuilder alternatives = new StringBuilder("DNS:localhost");
    names.forEach(name -> alternatives.append(",DNS:").append(name));
    alternatives.append(",IP:127.0.0.1,IP:::1");
    addresses.forEach(address -> alternatives.append(",IP:").append(address));
    return concat(
        List.of("-alias", "server", "-signer", "ca", "-dname", "CN=localhost"),
        serverExtensions(alternatives.toString(), days));
  }

  /** The arguments of keytool for the server's certificate. */
  static List<String> serverExtensions(String names, int days) {
    return List.of(
        "-validity",
        Keytool.validity(days),
        // Clients match the host against these names; the CN is ignored.
        "-ext",
        "SubjectAlternativeName=" + names,
        "-ext",
        "KeyUsage:critical=digitalSignature",
        "-ext",
        "ExtendedKeyUsage=serverAuth");
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  static void refuseExisting(Path file) throws IOException {
    // A dangling symbolic link counts as existing.
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw existsAlready(file, null);
    }
  }

  private static IOException existsAlready(Path file, Exception cause) {
    return new IOException(
        file + " exists already: remove it first or choose another directory", cause);
  }

  /** Inside the target directory, which has to be writable anyway. Readable by its owner only. */
  static Path createScratchIn(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
      return Files.createTempDirectory(directory, ".making-");
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is not a directory: choose another", e);
    } catch (FileSystemException e) {
      // Without a reason the message is just the path.
      String reason = e.getReason() == null ? "" : " (" + e.getReason() + ")";
      throw new IOException(
          directory + " cannot be written to" + reason + ": choose another directory", e);
    }
  }

  /** Creates the file and restricts it to its owner before writing the first byte. */
  static void writeKey(Path file, byte[] content, List<Path> written) throws IOException {
    Set<OpenOption> create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    try (SeekableByteChannel channel =
        posix
            ? Files.newByteChannel(
                file,
                create,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            : Files.newByteChannel(file, create)) {
      written.add(file);
      if (!posix) {
        restrictToOwner(file);
      }
      for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
        channel.write(rest);
      }
    } catch (FileAlreadyExistsException e) {
      throw existsAlready(file, e);
    }
  }

  /** On Windows, an access control list of one. A file system without ACLs has no owners. */
  private static void restrictToOwner(Path file) throws IOException {
    AclFileAttributeView acl = Files.getFileAttributeView(file, AclFileAttributeView.class);
    if (acl != null) {
      acl.setAcl(
          List.of(
              AclEntry.newBuilder()
                  .setType(AclEntryType.ALLOW)
                  .setPrincipal(acl.getOwner())
                  .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                  .build()));
    }
  }

  /** Writes a certificate that must not exist yet. */
  static void writeCertificate(Path scratch, Path file, byte[] content, List<Path> written)
      throws IOException {
    // A move would replace it, and one created meanwhile does not match the key.
    refuseExisting(file);
    replace(scratch, file, content);
    written.add(file);
  }

  /** Replaces a certificate: a server watching for it never reads half of it. */
  static void replace(Path scratch, Path file, byte[] content) throws IOException {
    Path temporary = Files.write(scratch.resolve(file.getFileName()), content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void removeHook(Thread shutdownHook) {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // Shutting down: the hook is running.
    }
  }
}
