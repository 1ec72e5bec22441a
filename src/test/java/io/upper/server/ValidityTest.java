package io.upper.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.config.TlsEngineKind;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Warnings of certificates that are not valid yet, expired, or about to expire. */
@ExtendWith(VertxExtension.class)
class ValidityTest {
  private static final Instant NOW = Instant.now();
  private static final String LEAF = "CN=localhost";

  @TempDir private static Path directory;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("ROOT", Level.INFO);

  /** The CA is served as an intermediate, and trusted for clients. */
  @BeforeAll
  static void make() throws Exception {
    TestCertificates.copyTo(directory);
    Files.writeString(
        directory.resolve("chain.pem"),
        Files.readString(directory.resolve(CertificateAuthority.SERVER_CERTIFICATE))
            + Files.readString(directory.resolve(CertificateAuthority.CA_CERTIFICATE)));
  }

  private static ServerSettings.Tls tls(String certificate, String clientCa, boolean generated) {
    return new ServerSettings.Tls(
        path(certificate),
        path(CertificateAuthority.SERVER_KEY),
        List.of(),
        TlsEngineKind.AUTO,
        clientCa == null ? null : path(clientCa),
        10,
        generated);
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "-3, is not valid yet, is not valid yet",
    "0, , ",
    "808, , ",
    "812, expires soon, ",
    "825, has expired, ",
    "3640, has expired, expires soon",
    "3651, has expired, has expired",
  })
  void leafIntermediateAndClientCaAreChecked(int day, String leaf, String ca) {
    List<String> warnings =
        TlsCredentials.read(tls("chain.pem", CertificateAuthority.CA_CERTIFICATE, false))
            .warnings(NOW.plus(Duration.ofDays(day)));
    List<String> expected =
        Stream.of(
                line(leaf, LEAF, 823, "/tls/certificate", "chain.pem"),
                line(ca, CertificateAuthority.NAME, 3649, "/tls/certificate", "chain.pem"),
                line(
                    ca,
                    CertificateAuthority.NAME,
                    3649,
                    "/tls/clientCa",
                    CertificateAuthority.CA_CERTIFICATE))
            .filter(line -> line != null)
            .toList();
    assertEquals(expected, warnings);
  }

  private static String line(String state, String subject, int days, String setting, String file) {
    if (state == null) {
      return null;
    }
    boolean early = state.equals("is not valid yet");
    LocalDate day = LocalDate.ofInstant(NOW, ZoneOffset.UTC).plusDays(early ? -1 : days);
    return "tls certificate %s: %s, valid %s %s (%s: \"%s\")"
        .formatted(state, subject, early ? "from" : "until", day, setting, path(file));
  }

  @Test
  void theServersOwnPairIsNamedWithTheCommandThatRenewsIt() {
    List<String> warnings =
        TlsCredentials.read(tls(CertificateAuthority.SERVER_CERTIFICATE, null, true))
            .warnings(NOW.plus(Duration.ofDays(900)));
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).endsWith("; renew it: upper certs %s --renew".formatted(directory)),
        warnings::toString);
  }

  @Test
  void anExpiredCertificateIsLoggedAtTheStart(VertxTestContext test) throws Exception {
    expired();
    JsonObject config =
        new JsonObject()
            .put("port", 0)
            .put("model", "event-loop")
            .put("certificate", path("expired.pem"))
            .put("key", path("expired.key"));
    Server.start(servers.vertx(), ServerSettings.of(Protocol.TLS, config))
        .onComplete(
            test.succeeding(
                server ->
                    test.verify(
                        () -> {
                          assertTrue(
                              log.lines().stream()
                                  .anyMatch(
                                      line ->
                                          line.startsWith("tls certificate has expired: CN=Old")),
                              () -> log.lines().toString());
                          test.completeNow();
                        })));
  }

  private static void expired() throws Exception {
    Path store = directory.resolve("expired.p12");
    Process keytool =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/keytool",
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=Old",
                "-startdate",
                "-10d",
                "-validity",
                "5",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret")
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, keytool.waitFor(), output);
    KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    write("expired.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
    write("expired.key", "PRIVATE KEY", keys.getKey("a", "secret".toCharArray()).getEncoded());
  }

  private static void write(String name, String label, byte[] der) throws Exception {
    Files.writeString(
        directory.resolve(name),
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
            .formatted(label, Base64.getMimeEncoder().encodeToString(der)));
  }
}
