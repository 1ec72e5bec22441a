package io.upper.cert;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.jvm.ChildJvm;
import io.upper.net.FileDescriptors;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Runs the JDK's {@code keytool} on a temporary key store. Blocks while it runs. */
final class Keytool {
  private static final String STORE = "store.p12";
  private static final String REQUEST = "request.pem";
  private static final String ISSUED = "issued.der";
  private static final String PASSWORD_VARIABLE = "UPPER_STORE_PASSWORD";
  private static final int PASSWORD_BYTES = 16;

  // Iterations make a password slow to guess, and take a third of keytool's time. This one is
  // random, and its store is gone in a second.
  private static final List<String> NO_ITERATIONS =
      Stream.of("keyPbe", "certPbe", "mac")
          .map(of -> "-J-Dkeystore.pkcs12." + of + "IterationCount=1")
          .toList();

  private final Path directory;
  private final String password;

  /**
   * @param directory where to create the key store
   */
  Keytool(Path directory) {
    this.directory = directory;
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    this.password = HexFormat.of().formatHex(bytes);
  }

  /** The file of the key store. */
  File store() {
    return directory.resolve(STORE).toFile();
  }

  /** The password of the key store and its keys. */
  char[] password() {
    return password.toCharArray();
  }

  /** The argument of {@code -validity}, which counts from yesterday, for days from now. */
  static String validity(int days) {
    return Integer.toString(days + 1);
  }

  /** Adds a new key pair and its certificate to the store. */
  void generate(List<String> arguments) throws IOException {
    // Valid since yesterday, for clients whose clock is slow.
    run(
        List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-startdate", "-1d"),
        arguments);
  }

  /** Adds the key in a file, with its certificate, to the store. */
  void add(String alias, Path key, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = store().exists() ? new FileInputStream(store()) : null) {
      store.load(in, password());
    }
    store.setKeyEntry(
        alias, CertificateFiles.key(key), password(), new Certificate[] {certificate});
    try (OutputStream out = new FileOutputStream(store())) {
      store.store(out, password());
    }
  }

  /**
   * Issues another certificate for the subject and key of an entry, signed by the entry {@code ca}.
   *
   * @return the certificate, PEM
   */
  byte[] reissue(String alias, List<String> extensions) throws IOException {
    run(List.of("-certreq", "-alias", alias, "-file", REQUEST), List.of());
    run(
        List.of(
            "-gencert",
            "-alias",
            "ca",
            "-infile",
            REQUEST,
            "-outfile",
            ISSUED,
            "-startdate",
            "-1d"),
        extensions);
    return PemFile.write("CERTIFICATE", Files.readAllBytes(directory.resolve(ISSUED)));
  }

  private void run(List<String> verb, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program().toString());
    // Of its CPU time they save 40 %; another JVM than HotSpot may not know them.
    command.addAll(List.of("-J-XX:+IgnoreUnrecognizedVMOptions", "-J-XX:TieredStopAtLevel=1"));
    command.add("-J-XX:+UseSerialGC");
    command.addAll(NO_ITERATIONS);
    command.add("-J-Duser.language=en");
    command.addAll(verb);
    command.addAll(List.of("-keystore", STORE, "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
    command.addAll(arguments);
    ProcessBuilder builder =
        ChildJvm.process(command).directory(directory.toFile()).redirectErrorStream(true);
    // Unlike the arguments, the environment of a process is hidden from other users.
    builder.environment().put(PASSWORD_VARIABLE, password);
    run(builder);
  }

  private static Path program() throws IOException {
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    for (String name : List.of("keytool", "keytool.exe")) {
      if (Files.isExecutable(bin.resolve(name))) {
        return bin.resolve(name);
      }
    }
    throw new IOException(
        bin.resolve("keytool")
            + " is missing from this Java runtime;"
            + " use a full JDK, or certs/generate.sh (OpenSSL)");
  }

  private static void run(ProcessBuilder builder) throws IOException {
    Process process = null;
    try {
      process = FileDescriptors.start(builder); // A server may be short of descriptors.
      process.getOutputStream().close(); // a prompt then fails instead of waiting
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "keytool failed with exit status " + status + ": " + output.strip().replace('\n', ' '));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while keytool was running");
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
