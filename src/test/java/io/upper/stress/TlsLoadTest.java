package io.upper.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.server.TlsServerVerticle;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reasons why a load over TLS cannot connect. */
@ExtendWith(VertxExtension.class)
@Timeout(180)
class TlsLoadTest {
  private static final int CLIENTS = 3;

  @TempDir private static Path directory;

  private Vertx vertx;

  @BeforeAll
  static void certify() throws Exception {
    TestCertificates.copyTo(directory);
    Files.createDirectory(directory.resolve("other"));
    TestCertificates.copyOtherTo(directory.resolve("other"));
  }

  @BeforeEach
  void keep(Vertx vertx) {
    this.vertx = vertx;
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void aTrustedServerReplies(String host) {
    StressResult result = run(host, serve(new JsonObject()), file("ca-cert.pem"), 60_000);
    assertEquals(0, result.errors(), result.refusals()::toString);
    assertEquals(CLIENTS * 2, result.answered());
  }

  /** The server accepts and sends nothing: connecting and handshake share the timeout. */
  @Test
  void theTimeoutLimitsTheHandshake() {
    int port =
        vertx
            .createNetServer()
            .connectHandler(socket -> socket.handler(hello -> {}))
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    long start = System.nanoTime();
    StressResult result = run("127.0.0.1", port, null, 500, 5);
    assertTrue(System.nanoTime() - start < 40_000_000_000L, "the default would be 10 s each");
    assertEquals(CLIENTS * 5, result.refusals().get(Refusal.HANDSHAKE_TIMED_OUT));
    assertEquals(CLIENTS * 5, result.faults().get(Fault.REFUSED));
    assertEquals(false, result.connected());
  }

  @Test
  void anUntrustedCertificateIsNamedAsTheCause() {
    int port = serve(new JsonObject());
    StressResult result = run("127.0.0.1", port, file("other/ca-cert.pem"), 60_000);
    assertEquals(CLIENTS * 2, result.refusals().get(Refusal.CERTIFICATE_REFUSED));
    assertEquals(CLIENTS * 2, result.faults().get(Fault.REFUSED));
    assertEquals(false, result.connected());
  }

  /** In TLS 1.3 the client considers itself connected and has already sent a request. */
  @Test
  void aRequiredClientCertificateIsNamedAsTheCause() {
    int port = serve(new JsonObject().put("clientCa", file("ca-cert.pem")));
    StressResult result = run("127.0.0.1", port, file("ca-cert.pem"), 60_000);
    assertTrue(result.refusals().get(Refusal.CERTIFICATE_WANTED) > 0, result.refusals()::toString);
    assertEquals(CLIENTS * 2, result.faults().get(Fault.REFUSED), result.faults()::toString);
    assertEquals(false, result.connected());
    assertEquals(CLIENTS, result.neverServed());
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  private int serve(JsonObject settings) {
    TlsServerVerticle server = new TlsServerVerticle();
    JsonObject config =
        settings
            .put("port", 0)
            .put("host", "127.0.0.1")
            .put("certificate", file(CertificateAuthority.SERVER_CERTIFICATE))
            .put("key", file(CertificateAuthority.SERVER_KEY));
    vertx.deployVerticle(server, new DeploymentOptions().setConfig(config)).await();
    return server.actualPort();
  }

  private StressResult run(String host, int port, String ca, int timeoutMillis) {
    return run(host, port, ca, timeoutMillis, 2);
  }

  private StressResult run(String host, int port, String ca, int timeoutMillis, int requests) {
    StressSettings settings =
        new StressSettings(
            new ClientSettings(
                Protocol.TLS, host, port, ca, ca == null, ConfiguredService.of(new Uppercase()), 5),
            CLIENTS,
            requests,
            null,
            StressSettings.WORDS,
            1,
            false,
            Duration.ZERO,
            0,
            false,
            Duration.ZERO,
            Duration.ofMillis(timeoutMillis),
            Shape.NORMAL,
            2);
    return new StressRun(vertx, settings, RequestListener.NONE).run().await();
  }
}
