package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.upper.cert.PemScript;
import io.upper.client.ClientSettings;
import io.upper.client.Trust;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys as openssl, keytool, ACME clients and HAProxy's users write them. */
@ExtendWith(VertxExtension.class)
class PemFilesTest {
  private static final String OTHER_KEY =
      "; make another key, and a certificate for it:"
          + " openssl ecparam -name prime256v1 -genkey -noout -out key.pem";

  @TempDir private static Path directory;

  @RegisterExtension private final Servers servers = new Servers();

  @BeforeAll
  static void make() throws Exception {
    PemScript.run(directory, "");
  }

  /** The same file as server certificate, {@code tls.clientCa} and {@code --ca}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 1_000,
      value = {
        "leaf.pem        | leaf.key    | -",
        "chain.pem       | leaf.key    | -",
        "joined.pem      | leaf.key    | -",
        "bom.pem         | leaf.key    | -",
        "crlf.pem        | leaf.key    | -",
        "mac.pem         | leaf.key    | -",
        "text.pem        | leaf.key    | -",
        "noeol.pem       | leaf.key    | -",
        "oneline.pem     | leaf.key    | -",
        "both.pem        | both.pem    | -",
        "keyfirst.pem    | keyfirst.pem| -",
        "x509label.pem   | leaf.key    | -",
        "bags.pem        | bags.pem    | -",
        "keytool.pem     | keytool.key | -",
        "rsa.pem         | rsa.key     | -",
        "ed25519.pem     | ed25519.key | -",
        "rsapss.pem      | rsapss.key  | -",
        "reversed.pem    | leaf.key    | holds its certificates in the wrong order: the server's,"
            + " CN=localhost, has to come first, then each that has signed the one before",
        "trusted.pem     | leaf.key    | holds a TRUSTED CERTIFICATE, which only OpenSSL reads:"
            + " openssl x509 -in FILE -out plain.pem",
        "leaf.der        | leaf.key    | is a certificate in DER, not PEM:"
            + " openssl x509 -inform DER -in FILE -out plain.pem",
        "leafkey.der     | leaf.key    | is a private key in DER, not PEM:"
            + " openssl pkey -inform DER -in FILE -out plain.pem",
        "store.p12       | leaf.key    | is PKCS #12, not PEM:"
            + " openssl pkcs12 -in FILE -nodes -out plain.pem",
        "store.jks       | leaf.key    | is a Java key store, not PEM:"
            + " keytool -importkeystore -srckeystore FILE -destkeystore plain.p12,"
            + " then openssl pkcs12 -in plain.p12 -nodes -out plain.pem",
        "leaf.p7b        | leaf.key    | 'holds PKCS #7, no certificate:"
            + " openssl pkcs7 -print_certs -in FILE -out plain.pem'",
        "leaf.p7         | leaf.key    | is PKCS #7, not PEM:"
            + " openssl pkcs7 -inform DER -print_certs -in FILE -out plain.pem",
        "leaf.csr        | leaf.key    | holds a certificate request, no certificate:"
            + " a certificate authority has to sign it",
        "leaf.key        | leaf.key    | holds a private key, no certificate",
        "leaf.pub        | leaf.key    | holds a public key, no certificate",
        "root.crl        | leaf.key    | holds a revocation list, no certificate",
        "empty.pem       | leaf.key    | is empty",
        "hello.pem       | leaf.key    | is not a PEM file: no line starts with -----BEGIN",
        "cut.pem         | leaf.key    | is truncated: its certificate has no line"
            + " -----END CERTIFICATE-----",
        "damaged.pem     | leaf.key    | holds a damaged certificate: it is not Base64",
        "wrong.pem       | leaf.key    | holds a damaged certificate (number 1)",
        "utf16.pem       | leaf.key    | is UTF-16: iconv -f UTF-16 -t UTF-8 FILE > plain.pem",
        "literal.pem     | leaf.key    | has \\n as two characters instead of line breaks:"
            + " printf %b \"$(cat FILE)\" > plain.pem",
        "secp256k1.pem   | leaf.key    | holds a certificate whose key is not supported:"
            + " its type is EC secp256k1"
            + OTHER_KEY,
      })
  void threeReadersAgree(String file, String key, String verdict) {
    String path = path(file);
    String expected = verdict.replace("FILE", path);
    // CAs have no order.
    String expectedOfCa = file.equals("reversed.pem") ? "-" : expected;
    assertEquals(expected, asCertificate(path, path(key)), "as certificate");
    assertEquals(expectedOfCa, asClientCa(path), "as clientCa");
    assertEquals(expectedOfCa, asCaOfClient(path), "as --ca");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      maxCharsPerColumn = 1_000,
      value = {
        "leaf.pem   | leaf-sec1.key       | -",
        "leaf.pem   | leaf-parameters.key | -",
        "leaf.pem   | leaf-bare.key       | -",
        "leaf.pem   | leaf-bom.key        | -",
        "rsa.pem    | rsa-pkcs1.key       | -",
        "leaf.pem   | encrypted.key | holds an encrypted private key; decrypt it:"
            + " openssl pkey -in FILE -out plain.pem",
        "rsa.pem    | proctype.key  | holds an encrypted private key; decrypt it:"
            + " openssl pkey -in FILE -out plain.pem",
        "leaf.pem   | leaf.pem      | holds a certificate, no private key",
        "leaf.pem   | leafkey.der   | is a private key in DER, not PEM:"
            + " openssl pkey -inform DER -in FILE -out plain.pem",
        "leaf.pem   | store.p12     | is PKCS #12, not PEM:"
            + " openssl pkcs12 -in FILE -nodes -out plain.pem",
        "leaf.pem   | secp256k1.key | holds a private key that is not supported:"
            + " its type is EC secp256k1"
            + OTHER_KEY,
        "leaf.pem   | explicit.key  | holds a private key that is not supported:"
            + " its type is EC with explicit parameters"
            + OTHER_KEY,
        "leaf.pem   | rsa512.key    | holds a private key that is too short: RSA of 512 bits"
            + OTHER_KEY,
        "leaf.pem   | openssh.key   | holds a private key in OpenSSH format; convert it:"
            + " ssh-keygen -p -m PEM -f FILE",
        "leaf.pem   | cutkey.key    | is truncated: its private key has no line -----END PRIVATE KEY-----",
        "leaf.pem   | root.key      | is not the key of \"CERTIFICATE\"",
      })
  void keyIsReadOrNamed(String certificate, String key, String verdict) {
    String expected =
        verdict.replace("FILE", path(key)).replace("CERTIFICATE\"", path(certificate) + "\"");
    assertEquals(expected, asCertificate(path(certificate), path(key)));
  }

  /** Accepted files are served, by both engines. */
  @ParameterizedTest
  @CsvSource({
    "both.pem, both.pem, EC, jdk",
    "both.pem, both.pem, EC, openssl",
    "joined.pem, leaf-sec1.key, EC, openssl",
    "p384.pem, p384.key, EC, jdk",
    "p384.pem, p384.key, EC, openssl",
    "p521.pem, p521.key, EC, jdk",
    "p521.pem, p521.key, EC, openssl",
    "rsa.pem, rsa-pkcs1.key, RSA, jdk",
    "rsa.pem, rsa-pkcs1.key, RSA, openssl",
    "ed25519.pem, ed25519.key, EdDSA, jdk",
    "rsapss.pem, rsapss.key, RSASSA-PSS, jdk",
  })
  void whatIsAcceptedIsServed(
      String certificate, String key, String type, String engine, VertxTestContext test) {
    assumeTrue(engine.equals("jdk") || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    served(new JsonObject().put("engine", engine), certificate, key)
        .compose(server -> servers.client(() -> shown(server).getPublicKey().getAlgorithm()))
        .onComplete(
            test.succeeding(
                shown ->
                    test.verify(
                        () -> {
                          assertEquals(type, shown);
                          test.completeNow();
                        })));
  }

  @ParameterizedTest
  @CsvSource({"ed25519, Ed25519 or Ed448", "rsapss, RSA-PSS"})
  void aKeyOfTheOtherEngineIsNamed(String name, String type) {
    assumeTrue(OpenSsl.isAvailable(), "there is no OpenSSL engine");
    JsonObject tls = tls(name + ".pem", name + ".key").put("engine", "openssl");
    assertEquals(
        "/tls/key: \""
            + path(name + ".key")
            + "\" holds a private key that only the JDK's engine can use ("
            + type
            + "): set /tls/engine to \"jdk\", or make an EC key, and a certificate for it:"
            + " openssl ecparam -name prime256v1 -genkey -noout -out key.pem",
        verdict(tls));
  }

  /** Each client gets the one whose signatures it supports; names are case-insensitive. */
  @ParameterizedTest
  @CsvSource({
    "jdk, -tls1_2, ecdsa_secp256r1_sha256, shop.example, ECDSA",
    "jdk, -tls1_2, rsa_pss_rsae_sha256, SHOP.example, RSA-PSS",
    "jdk, -tls1_3, ecdsa_secp256r1_sha256, shop.example, ECDSA",
    "jdk, -tls1_3, rsa_pss_rsae_sha256, www.shop.example, RSA-PSS",
    "openssl, -tls1_2, ecdsa_secp256r1_sha256, shop.example, ECDSA",
    "openssl, -tls1_2, rsa_pss_rsae_sha256, SHOP.example, RSA-PSS",
    "openssl, -tls1_3, ecdsa_secp256r1_sha256, www.shop.example, ECDSA",
    "openssl, -tls1_3, rsa_pss_rsae_sha256, shop.example, RSA-PSS",
  })
  void twoKeyTypesOfOneNameAreBothServed(
      String engine,
      String version,
      String signature,
      String name,
      String expected,
      VertxTestContext test) {
    assumeTrue(engine.equals("jdk") || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    JsonObject tls =
        new JsonObject()
            .put("engine", engine)
            .put(
                "certificates",
                new JsonArray()
                    .add(tls("shop-ec.pem", "shop-ec.key"))
                    .add(tls("shop-rsa.pem", "shop-rsa.key")));
    served(tls, "leaf.pem", "leaf.key")
        .compose(
            server ->
                servers.client(
                    () ->
                        SClient.output(
                            server.address().getPort(),
                            version,
                            "-sigalgs",
                            signature,
                            "-servername",
                            name)))
        .onComplete(
            test.succeeding(
                output ->
                    test.verify(
                        () -> {
                          assertTrue(output.contains("CN = A shop"), output);
                          assertTrue(output.contains("signature type: " + expected), output);
                          test.completeNow();
                        })));
  }

  @Test
  void twoPairsOfOneNameAndOneKeyTypeAreNamed() {
    JsonObject tls =
        tls("leaf.pem", "leaf.key")
            .put(
                "certificates",
                new JsonArray()
                    .add(tls("shop-ec.pem", "shop-ec.key"))
                    .add(tls("shop-other.pem", "shop-other.key")));
    assertEquals(
        "/certificates/1/certificate: \""
            + path("shop-other.pem")
            + "\" is for shop.example, as \""
            + path("shop-ec.pem")
            + "\" is, with the same type of key (EC): remove one of the two",
        verdict(tls));
  }

  private Future<Servers.Server> served(JsonObject more, String certificate, String key) {
    return servers.start(
        Protocol.TLS, tls(certificate, key).mergeIn(more).put("model", "event-loop"));
  }

  private static X509Certificate shown(Servers.Server server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setSoTimeout(Servers.PATIENCE_MILLIS);
      socket.connect(server.address(), Servers.PATIENCE_MILLIS);
      assertEquals("A", new String(Servers.Server.ask(socket, new byte[] {'a'}), US_ASCII));
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static String path(String file) {
    return directory.resolve(file).toString();
  }

  private static JsonObject tls(String certificate, String key) {
    return new JsonObject().put("certificate", path(certificate)).put("key", path(key));
  }

  private static String asCertificate(String certificate, String key) {
    return withoutPrefix(verdict(tls(certificate, key).put("engine", "jdk")));
  }

  private static String asClientCa(String file) {
    JsonObject tls = tls("leaf.pem", "leaf.key").put("engine", "jdk").put("clientCa", file);
    return withoutPrefix(verdict(tls));
  }

  /** The part of the message about the file. */
  private static String withoutPrefix(String message) {
    return message.replaceFirst("^/tls/(certificate|key|clientCa): \"[^\"]*\" ", "");
  }

  private static String verdict(JsonObject tls) {
    try {
      TlsCredentials.read(ServerSettings.of(Protocol.TLS, tls).tls());
      return "-";
    } catch (ConfigurationException e) {
      return e.getMessage();
    }
  }

  private static String asCaOfClient(String file) {
    try {
      Trust.read(
          new ClientSettings(
              Protocol.TLS, "localhost", 1, file, false, ConfiguredService.of(new Uppercase()), 5));
      return "-";
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      return e.getMessage().substring(file.length() + 2);
    }
  }
}
