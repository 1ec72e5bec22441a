package io.upper.server;

import io.upper.cert.CertificateAuthority;
import io.upper.cert.PemException;
import io.upper.cert.PemFile;
import io.upper.config.ConfigurationException;
import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a TLS server shows and trusts: its PEM files, as they were at one moment. What is served is
 * what was checked, whatever becomes of the files meanwhile.
 */
public final class TlsCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCredentials.class);
  private static final Set<String> OF_ALL_ENGINES = Set.of("EC", "RSA");
  private static final Duration EXPIRES_SOON = Duration.ofDays(14);
  // RFC 5280, section 4.2.1.6: GeneralName.
  private static final Integer DNS_NAME = 2;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  private final ServerSettings.Tls tls;
  private final List<ServerKeys.Pair> pairs = new ArrayList<>();
  // Empty: clients need no certificate.
  private final List<X509Certificate> clientCas;
  private final Keys keys;

  private TlsCredentials(ServerSettings.Tls tls) {
    this.tls = tls;
    for (ServerSettings.Pair pair : tls.pairs()) {
      pairs.add(pair(pair));
    }
    clientCas =
        tls.clientCa() == null
            ? List.of()
            : certificates("/tls/clientCa", tls.clientCa(), file("/tls/clientCa", tls.clientCa()));
    keys = new Keys(ServerKeys.factory(companions(0)), byName());
  }

  /**
   * Reads the files and checks what they hold; blocks.
   *
   * @throws ConfigurationException naming the file that cannot be read or is not what it should be
   */
  public static TlsCredentials read(ServerSettings.Tls tls) {
    return new TlsCredentials(tls);
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

  private static PemFile file(String setting, String path) {
    try {
      Path file = Path.of(path);
      if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
        // A pipe gives what it holds once, but certificates are read again.
        throw refused(setting, path, "is no regular file");
      }
      return PemFile.read(file);
    } catch (IOException | InvalidPathException e) {
      LOG.debug("{}", path, e);
      throw refused(setting, path, "is no file that can be read");
    }
  }

  private static List<X509Certificate> certificates(String setting, String path, PemFile file) {
    try {
      return file.certificates();
    } catch (PemException e) {
      throw refused(setting, path, e.getMessage());
    }
  }

  private ServerKeys.Pair pair(ServerSettings.Pair files) {
    String certificate = files.pointer() + "/certificate";
    String key = files.pointer() + "/key";
    List<X509Certificate> chain =
        certificates(certificate, files.certificate(), file(certificate, files.certificate()));
    PrivateKey secret;
    try {
      secret = file(key, files.key()).key();
    } catch (PemException e) {
      throw refused(key, files.key(), e.getMessage());
    }
    if (!fits(secret, chain.get(0).getPublicKey())) {
      for (X509Certificate other : chain) {
        if (fits(secret, other.getPublicKey())) {
          throw refused(
              certificate,
              files.certificate(),
              "holds its certificates in the wrong order: the server's, "
                  + other.getSubjectX500Principal().getName()
                  + ", has to come first, then each that has signed the one before");
        }
      }
      throw refused(key, files.key(), "is not the key of \"" + files.certificate() + "\"");
    }
    String type = chain.get(0).getPublicKey().getAlgorithm();
    if (!OF_ALL_ENGINES.contains(type) && !TlsEngine.of(tls.engine()).isJdk()) {
      throw refused(
          key,
          files.key(),
          "holds a private key that only the JDK's engine can use ("
              + (type.equals("EdDSA") ? "Ed25519 or Ed448" : "RSA-PSS")
              + "): set /tls/engine to \"jdk\", or make an EC key, and a certificate for it:"
              + " openssl ecparam -name prime256v1 -genkey -noout -out key.pem");
    }
    return new ServerKeys.Pair(chain, secret);
  }

  /** A pair with those of other key types for one of its names: each client gets what it knows. */
  private List<ServerKeys.Pair> companions(int pair) {
    Set<String> names = names(pairs.get(pair).leaf());
    List<ServerKeys.Pair> companions = new ArrayList<>(List.of(pairs.get(pair)));
    for (ServerKeys.Pair other : pairs) {
      boolean sameType =
          companions.stream().anyMatch(known -> known.keyType().equals(other.keyType()));
      if (!sameType && !Collections.disjoint(names, names(other.leaf()))) {
        companions.add(other);
      }
    }
    return companions;
  }

  /** Who is shown to clients that ask for a name; a name may begin with {@code *.}. */
  private Map<String, KeyManagerFactory> byName() {
    Map<String, Map<String, Integer>> found = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (String name : names(pairs.get(i).leaf())) {
        Integer before =
            found
                .computeIfAbsent(name, n -> new LinkedHashMap<>())
                .putIfAbsent(pairs.get(i).keyType(), i);
        if (before != null) {
          throw refused(
              tls.pairs().get(i).pointer() + "/certificate",
              tls.pairs().get(i).certificate(),
              String.format(
                  Locale.ROOT,
                  "is for %s, as \"%s\" is, with the same type of key (%s): remove one of the two",
                  name,
                  tls.pairs().get(before).certificate(),
                  pairs.get(i).keyType()));
        }
      }
    }
    Map<String, KeyManagerFactory> factories = new HashMap<>();
    found.forEach(
        (name, numbers) ->
            factories.put(
                name, ServerKeys.factory(numbers.values().stream().map(pairs::get).toList())));
    return factories;
  }

  /** The names that clients may ask for, in lower case: what is a name, the case is not. */
  private static Set<String> names(X509Certificate certificate) {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (name.get(0).equals(DNS_NAME)) {
          names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
        }
      }
      if (names.isEmpty()) { // RFC 6125, section 6.4.4
        String subject = certificate.getSubjectX500Principal().getName();
        for (Rdn rdn : new LdapName(subject).getRdns()) {
          if (rdn.getType().equalsIgnoreCase("CN")) {
            names.add(rdn.getValue().toString().toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException | InvalidNameException e) {
      LOG.debug("{}", certificate.getSubjectX500Principal(), e);
    }
    return names;
  }

  /** Whether what the one signs the other verifies. */
  private static boolean fits(PrivateKey key, PublicKey shown) {
    byte[] text = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(signatureAlgorithm(shown));
      if (shown.getAlgorithm().equals("RSASSA-PSS")) {
        AlgorithmParameterSpec fixed = ((RSAKey) shown).getParams();
        signature.setParameter(
            fixed == null
                ? new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1)
                : fixed);
      }
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      LOG.debug("{}", shown.getAlgorithm(), e);
      return false;
    }
  }

  private static String signatureAlgorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }

  private static ConfigurationException refused(String setting, String path, String reason) {
    return new ConfigurationException(setting + ": \"" + path + "\" " + reason);
  }

  /** Has a server show and trust these. */
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

  /** Whether the files hold the same. */
  boolean sameAs(TlsCredentials other) {
    return other != null && pairs.equals(other.pairs) && clientCas.equals(other.clientCas);
  }

  /** When the first of the certificates expires. */
  public Instant expiry() {
    return soonest().getNotAfter().toInstant();
  }

  /** What is wrong with the validity of all that is shown and trusted: a line for each. */
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

  /** How to renew the pair that the server has made for itself. */
  private String renewal(X509Certificate certificate, String path) {
    String issuer = certificate.getIssuerX500Principal().getName();
    Path directory = Path.of(path).getParent();
    return tls.generated() && issuer.equals(CertificateAuthority.NAME) && directory != null
        ? String.format(
            Locale.ROOT,
            "; make another: rm %1$s/{ca,server}-{cert,key}.pem; upper certs %1$s",
            directory)
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

  /**
   * What is shown to a client. Vert.x itself would show any pair to one that asks for a name that
   * none is for, or for none; that is the first one's part here.
   */
  private record Keys(KeyManagerFactory first, Map<String, KeyManagerFactory> byName)
      implements KeyCertOptions {

    @Override
    public KeyCertOptions copy() {
      return this;
    }

    @Override
    public KeyManagerFactory getKeyManagerFactory(Vertx vertx) {
      return first;
    }

    @Override
    public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) {
      return asked -> {
        String name = asked.toLowerCase(Locale.ROOT);
        KeyManagerFactory exact = byName.get(name);
        return exact == null
            ? byName.get("*" + name.substring(Math.max(0, name.indexOf('.'))))
            : exact;
      };
    }
  }
}
