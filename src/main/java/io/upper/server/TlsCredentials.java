package io.upper.server;

import io.upper.cert.CertificateAuthority;
import io.upper.cert.CertificateRenewal;
import io.upper.cert.PemFile;
import io.upper.config.ConfigurationException;
import io.upper.config.ServerSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS server's certificates, keys and trusted CAs: a checked snapshot of its PEM files, which
 * later changes of the files do not affect.
 */
public final class TlsCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCredentials.class);
  private static final Duration EXPIRES_SOON = Duration.ofDays(14);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  private final ServerSettings.Tls tls;
  private final List<ServerKeys.Pair> pairs = new ArrayList<>();
  // Empty if clients need no certificate.
  private final List<X509Certificate> clientCas;
  private final KeysByName keys;

  private TlsCredentials(ServerSettings.Tls tls) {
    this.tls = tls;
    for (ServerSettings.Pair pair : tls.pairs()) {
      pairs.add(CredentialFiles.pair(pair, tls.engine()));
    }
    clientCas =
        tls.clientCa() == null
            ? List.of()
            : CredentialFiles.certificates("/tls/clientCa", tls.clientCa());
    keys = KeysByName.of(pairs, tls.pairs());
  }

  /**
   * Reads and checks the files; blocks.
   *
   * @throws ConfigurationException naming the file that cannot be read or is not valid
   */
  public static TlsCredentials read(ServerSettings.Tls tls) {
    return new TlsCredentials(tls);
  }

  /** Creates the default pair if it is missing; blocks. */
  static synchronized void createIfMissing(ServerSettings.Tls tls) throws IOException {
    Path certificate = Path.of(tls.certificate());
    if (tls.generated() && Files.notExists(certificate)) {
      CertificateAuthority.create(certificate.getParent());
      LOG.info(
          "tls has created a certificate: {}, signed by {}",
          certificate,
          certificate.resolveSibling(CertificateAuthority.CA_CERTIFICATE));
    }
  }

  /** Whether the server has made its certificate itself, and should renew it now. */
  boolean isRenewalDue(Instant now) {
    X509Certificate own = pairs.get(0).leaf();
    return tls.generated() && isOwn(own) && CertificateRenewal.isDue(own, now);
  }

  /**
   * Renews the certificate of a pair that the server has made itself; blocks.
   *
   * @return whether it was; not if the key of the authority is kept elsewhere
   * @throws IOException if that fails; the files are as before, or the authority's is renewed
   */
  static synchronized boolean renew(ServerSettings.Tls tls, Instant now) throws IOException {
    Path directory = Path.of(tls.certificate()).getParent();
    if (Files.notExists(directory.resolve(CertificateAuthority.CA_KEY))) {
      return false;
    }
    LOG.info("tls has renewed {}", CertificateRenewal.renew(directory, 0, now));
    return true;
  }

  private static boolean isOwn(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().getName().equals(CertificateAuthority.NAME);
  }

  /** Sets these credentials in the options of a server. */
  ServerSSLOptions applyTo(ServerSSLOptions options) {
    options.setKeyCertOptions(keys).setSni(pairs.size() > 1);
    if (!clientCas.isEmpty()) {
      options
          .setClientAuth(ClientAuth.REQUIRED)
          .setTrustOptions(
              new PemTrustOptions().addCertValue(Buffer.buffer(PemFile.write(clientCas))));
    }
    return options;
  }

  /** Whether both have the same contents. */
  boolean sameAs(TlsCredentials other) {
    return other != null && pairs.equals(other.pairs) && clientCas.equals(other.clientCas);
  }

  /** When the first of the certificates expires. */
  public Instant expiry() {
    return soonest().getNotAfter().toInstant();
  }

  /** Warns of certificates that are not valid yet, or expire soon: a line for each. */
  List<String> warnings(Instant now) {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      ServerSettings.Pair files = tls.pairs().get(i);
      for (X509Certificate certificate : pairs.get(i).chain()) {
        warn(now, certificate, files.pointer() + "/certificate", files.certificate(), warnings);
      }
    }
    for (X509Certificate certificate : clientCas) {
      warn(now, certificate, "/tls/clientCa", tls.clientCa(), warnings);
    }
    return warnings;
  }

  private void warn(
      Instant now,
      X509Certificate certificate,
      String setting,
      String path,
      List<String> warnings) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    boolean early = now.isBefore(from);
    boolean expired = now.isAfter(until);
    if (early || now.plus(EXPIRES_SOON).isAfter(until)) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "tls certificate %s: %s, valid %s %s (%s: \"%s\")%s",
              early ? "is not valid yet" : expired ? "has expired" : "expires soon",
              certificate.getSubjectX500Principal().getName(),
              early ? "from" : "until",
              DATE.format(early ? from : until),
              setting,
              path,
              early ? "" : renewal(certificate, path)));
    }
  }

  /** How to renew a pair that the server created itself. */
  private String renewal(X509Certificate certificate, String path) {
    Path directory = Path.of(path).getParent();
    return tls.generated() && isOwn(certificate) && directory != null
        ? String.format(Locale.ROOT, "; renew it: upper certs %s --renew", directory)
        : "";
  }

  private X509Certificate soonest() {
    return pairs.stream()
        .map(ServerKeys.Pair::leaf)
        .min(Comparator.comparing(X509Certificate::getNotAfter))
        .orElseThrow();
  }

  @Override
  public String toString() {
    X509Certificate certificate = soonest();
    return String.format(
        Locale.ROOT,
        "%s, valid until %s",
        certificate.getSubjectX500Principal().getName(),
        DATE.format(certificate.getNotAfter().toInstant()));
  }
}
