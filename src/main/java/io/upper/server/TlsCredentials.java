package io.upper.server;

import io.upper.cert.CertificateAuthority;
import io.upper.config.ConfigurationException;
import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a TLS server shows and trusts: its PEM files, as they were at one moment. What is served is
 * what was checked, whatever becomes of the files meanwhile.
 */
public final class TlsCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCredentials.class);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  private final ServerSettings.Tls tls;
  private final List<Buffer> certificates = new ArrayList<>();
  private final List<Buffer> keys = new ArrayList<>();
  private final Buffer clientCa;
  private final List<X509Certificate> shown = new ArrayList<>();

  private TlsCredentials(ServerSettings.Tls tls) {
    this.tls = tls;
    for (ServerSettings.Pair pair : tls.pairs()) {
      certificates.add(content(pair.pointer() + "/certificate", pair.certificate()));
      keys.add(content(pair.pointer() + "/key", pair.key()));
    }
    clientCa = tls.clientCa() == null ? null : content("/tls/clientCa", tls.clientCa());
  }

  /**
   * Reads the files and checks what they hold; blocks.
   *
   * @throws ConfigurationException naming the file that cannot be read or is not what it should be
   */
  public static TlsCredentials read(ServerSettings.Tls tls) {
    return new TlsCredentials(tls).checked();
  }

  /** Makes the default pair when it is missing; blocks. One thread at a time. */
  static synchronized void makeIfMissing(ServerSettings.Tls tls) throws IOException {
    Path certificate = Path.of(tls.certificate());
    if (tls.generated() && Files.notExists(certificate)) {
      CertificateAuthority.create(certificate.getParent());
      LOG.info(
          "tls has made a certificate of its own: {}, signed by {}",
          certificate,
          certificate.resolveSibling(CertificateAuthority.CA_CERTIFICATE));
    }
  }

  private static Buffer content(String setting, String path) {
    try {
      Path file = Path.of(path);
      if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
        // A pipe gives what it holds once, but certificates are read again.
        throw new ConfigurationException(setting + ": \"" + path + "\" is no regular file");
      }
      return Buffer.buffer(Files.readAllBytes(file));
    } catch (IOException | InvalidPathException e) {
      throw new ConfigurationException(setting + ": \"" + path + "\" is no file that can be read");
    }
  }

  private TlsCredentials checked() {
    for (int i = 0; i < keys.size(); i++) {
      ServerSettings.Pair pair = tls.pairs().get(i);
      List<X509Certificate> chain =
          certificates(pair.pointer() + "/certificate", pair.certificate(), certificates.get(i));
      shown.add(chain.get(0));
      checkKey(pair, keyManagers(i), chain.get(0).getPublicKey());
    }
    if (clientCa != null) {
      certificates("/tls/clientCa", tls.clientCa(), clientCa);
    }
    return this;
  }

  private static List<X509Certificate> certificates(String setting, String path, Buffer pem) {
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes()))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!found.isEmpty() && pem.toString().contains("-----BEGIN CERTIFICATE-----")) {
        return found;
      }
    } catch (CertificateException e) {
      LOG.debug("{}", path, e);
    }
    throw new ConfigurationException(
        setting + ": \"" + path + "\" is no PEM file with a certificate");
  }

  private KeyManagerFactory keyManagers(int pair) {
    try {
      // Vert.x itself is asked for nothing but files.
      return only(pair).getKeyManagerFactory(null);
    } catch (Exception e) {
      LOG.debug("{}", tls.pairs().get(pair).key(), e);
      throw refused(tls.pairs().get(pair), "is no PEM file with a private key for its certificate");
    }
  }

  private static void checkKey(ServerSettings.Pair pair, KeyManagerFactory keys, PublicKey shown) {
    X509KeyManager manager = (X509KeyManager) keys.getKeyManagers()[0];
    String[] aliases = manager.getServerAliases(shown.getAlgorithm(), null);
    if (aliases == null || !fits(manager.getPrivateKey(aliases[0]), shown)) {
      throw refused(pair, "is not the key of \"" + pair.certificate() + "\"");
    }
  }

  /** Whether what the one signs the other verifies. */
  private static boolean fits(PrivateKey key, PublicKey shown) {
    String algorithm =
        switch (shown.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> shown.getAlgorithm();
        };
    byte[] text = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      LOG.debug("{}", algorithm, e);
      return false;
    }
  }

  private static ConfigurationException refused(ServerSettings.Pair pair, String reason) {
    return new ConfigurationException(pair.pointer() + "/key: \"" + pair.key() + "\" " + reason);
  }

  /** Has a server show and trust these. */
  ServerSSLOptions applyTo(ServerSSLOptions options) {
    options.setKeyCertOptions(new Pairs(certificates, keys)).setSni(keys.size() > 1);
    if (clientCa != null) {
      options
          .setClientAuth(ClientAuth.REQUIRED)
          .setTrustOptions(new PemTrustOptions().addCertValue(clientCa));
    }
    return options;
  }

  private PemKeyCertOptions only(int pair) {
    return new PemKeyCertOptions().addCertValue(certificates.get(pair)).addKeyValue(keys.get(pair));
  }

  /** Whether the files hold the same. */
  boolean sameAs(TlsCredentials other) {
    return other != null
        && certificates.equals(other.certificates)
        && keys.equals(other.keys)
        && (clientCa == null ? other.clientCa == null : clientCa.equals(other.clientCa));
  }

  /** When the first of the certificates expires. */
  public Instant expiry() {
    return soonest().getNotAfter().toInstant();
  }

  private X509Certificate soonest() {
    return shown.stream().min(Comparator.comparing(X509Certificate::getNotAfter)).orElseThrow();
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

  /**
   * Certificates for several names. Vert.x itself would show any of them to a client that asks for
   * a name that none is for, or for none; that is the first one's part here.
   */
  private record Pairs(List<Buffer> certificates, List<Buffer> keys) implements KeyCertOptions {

    @Override
    public KeyCertOptions copy() {
      return this;
    }

    @Override
    public KeyManagerFactory getKeyManagerFactory(Vertx vertx) throws Exception {
      return new PemKeyCertOptions()
          .addCertValue(certificates.get(0))
          .addKeyValue(keys.get(0))
          .getKeyManagerFactory(vertx);
    }

    @Override
    public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx)
        throws Exception {
      return new PemKeyCertOptions()
          .setCertValues(certificates)
          .setKeyValues(keys)
          .keyManagerFactoryMapper(vertx);
    }
  }
}
