package io.upper.cert;

import static io.upper.cert.CertificateAuthority.CA_CERTIFICATE;
import static io.upper.cert.CertificateAuthority.CA_KEY;
import static io.upper.cert.CertificateAuthority.SERVER_CERTIFICATE;
import static io.upper.cert.CertificateAuthority.SERVER_KEY;

import io.upper.jvm.TemporaryFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces the certificates of {@link CertificateAuthority} before they expire. The keys stay: so a
 * certificate that is read meanwhile matches its key, and clients that trust the old certificate of
 * the authority accept what the new one has signed.
 */
public final class CertificateRenewal {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private CertificateRenewal() {}

  /** Whether only a third of a certificate's lifetime is left. */
  public static boolean isDue(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    return now.isAfter(end.minus(lifetime(certificate).dividedBy(3)));
  }

  private static Duration lifetime(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /**
   * Issues the server's certificate again, with the same names and key; that of the authority, too,
   * if it would expire first. Each file is replaced at once. Blocks for seconds.
   *
   * @param directory the one with the four files
   * @param days how long the server's certificate is valid from now; 0: as long as the last one
   * @param now the time, for the decision about the authority's certificate
   * @return the files that have been replaced, the authority's certificate first
   * @throws IOException if one of the files is missing or damaged, if the authority has not signed
   *     the server's certificate, if {@code keytool} fails, or if a file cannot be written
   */
  public static List<Path> renew(Path directory, int days, Instant now) throws IOException {
    Path certificate = directory.resolve(SERVER_CERTIFICATE);
    Path authority = directory.resolve(CA_CERTIFICATE);
    X509Certificate server = CertificateFiles.certificate(certificate);
    X509Certificate ca = CertificateFiles.certificate(authority);
    requireSigned(certificate, server, ca);
    // Ours begin a day before they are made.
    int valid = days > 0 ? days : Math.max(1, (int) lifetime(server).toDays() - 1);
    Path scratch = CertificateAuthority.createScratchIn(directory);
    try {
      Keytool keytool = new Keytool(scratch);
      keytool.add("ca", directory.resolve(CA_KEY), ca);
      keytool.add("server", directory.resolve(SERVER_KEY), server);
      List<Path> replaced = new ArrayList<>();
      if (ca.getNotAfter().toInstant().isBefore(now.plus(Duration.ofDays(valid)))) {
        byte[] issued = keytool.reissue("ca", CertificateAuthority.caExtensions());
        CertificateAuthority.replace(scratch, authority, issued);
        replaced.add(authority);
      }
      List<String> extensions = CertificateAuthority.serverExtensions(names(server), valid);
      CertificateAuthority.replace(scratch, certificate, keytool.reissue("server", extensions));
      replaced.add(certificate);
      return replaced;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use the keys in " + directory + ": " + e.getMessage(), e);
    } finally {
      TemporaryFiles.delete(scratch);
    }
  }

  private static void requireSigned(Path file, X509Certificate server, X509Certificate ca)
      throws IOException {
    try {
      server.verify(ca.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException(
          file + " is not signed by " + CA_CERTIFICATE + " beside it: who has issued it renews it",
          e);
    }
  }

  /** As keytool takes them: {@code DNS:localhost,IP:127.0.0.1}. */
  private static String names(X509Certificate server) throws IOException, GeneralSecurityException {
    List<String> names = new ArrayList<>();
    if (server.getSubjectAlternativeNames() != null) {
      for (List<?> name : server.getSubjectAlternativeNames()) {
        names.add(
            switch ((int) name.get(0)) {
              case DNS_NAME -> "DNS:" + name.get(1);
              case IP_ADDRESS -> "IP:" + name.get(1);
              default ->
                  throw new IOException(
                      "the server's certificate is not only for hosts and addresses: " + name);
            });
      }
    }
    return String.join(",", names);
  }
}
