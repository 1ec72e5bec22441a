package io.upper.cert;

import io.upper.jvm.TemporaryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates certificates of clients, signed by the authority of {@link CertificateAuthority}, for a
 * server that demands them ({@code tls.clientCa}).
 */
public final class ClientCertificate {

  private ClientCertificate() {}

  /** The file of a client's certificate. */
  public static String certificate(String name) {
    return name + "-cert.pem";
  }

  /** The file of a client's key, PKCS #8. */
  public static String key(String name) {
    return name + "-key.pem";
  }

  /**
   * Writes a client's key, which only the owner can read, and its certificate. Blocks for seconds.
   * Never overwrites a file.
   *
   * @param directory the one with the authority's certificate and key
   * @param name of letters, digits, hyphens, underscores and dots
   * @param days how long it is valid from now, at least 1
   * @throws IOException if one of the files exists already, if the authority cannot be read, or if
   *     {@code keytool} fails
   */
  public static void create(Path directory, String name, int days) throws IOException {
    Path key = directory.resolve(key(name));
    Path certificate = directory.resolve(certificate(name));
    CertificateAuthority.refuseExisting(key);
    CertificateAuthority.refuseExisting(certificate);
    Path scratch = CertificateAuthority.createScratchIn(directory);
    List<Path> written = new ArrayList<>();
    try {
      Keytool keytool = new Keytool(scratch);
      char[] secret = keytool.password();
      keytool.add(
          "ca",
          directory.resolve(CertificateAuthority.CA_KEY),
          CertificateFiles.certificate(directory.resolve(CertificateAuthority.CA_CERTIFICATE)));
      keytool.generate(arguments(name, days));
      KeyStore store = KeyStore.getInstance(keytool.store(), secret);
      byte[] encoded = store.getCertificate("client").getEncoded();
      CertificateAuthority.writeKey(
          key, PemFile.write("PRIVATE KEY", store.getKey("client", secret).getEncoded()), written);
      CertificateAuthority.writeCertificate(
          scratch, certificate, PemFile.write("CERTIFICATE", encoded), written);
    } catch (IOException | RuntimeException e) {
      for (Path file : written) {
        Files.deleteIfExists(file);
      }
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read what keytool wrote: " + e.getMessage(), e);
    } finally {
      TemporaryFiles.delete(scratch);
    }
  }

  private static List<String> arguments(String name, int days) {
    return List.of(
        "-alias", "client",
        "-signer", "ca",
        "-dname", "CN=" + name,
        "-validity", Keytool.validity(days),
        "-ext", "KeyUsage:critical=digitalSignature",
        "-ext", "ExtendedKeyUsage=clientAuth");
  }
}
