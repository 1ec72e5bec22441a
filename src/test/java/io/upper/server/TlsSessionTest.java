package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.handler.ssl.OpenSsl;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The access log ends with what the handshake of a TLS connection has agreed on. */
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class TlsSessionTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("upper.access", Level.INFO);

  @ParameterizedTest
  @CsvSource({
    "openssl, 3.0, -tls1_3 -groups P-384, TLSv1.3, P-384",
    "openssl, 3.0, -tls1_2 -groups X25519:P-256, TLSv1.2, X25519",
    "openssl, 3.5, -tls1_3 -groups X25519MLKEM768, TLSv1.3, X25519MLKEM768",
    // What a client of today offers first.
    "openssl, 3.5, -tls1_3, TLSv1.3, X25519MLKEM768",
    "jdk, 3.0, -tls1_3, TLSv1.3, -",
  })
  void versionAndGroupAreLogged(
      String engine, double openssl, String offer, String version, String group) throws Exception {
    assumeTrue(engine.equals("jdk") || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    assumeTrue(SClient.version() >= openssl, "there is no openssl " + openssl);
    JsonObject config = Servers.config("event-loop").put("engine", engine);
    Servers.Server server = servers.start(Protocol.TLS, config).await();
    SClient.output(server.port(), offer.split(" "));
    log.await("connection");
    List<String> ends =
        log.events().get(0).getKeyValuePairs().stream()
            .skip(6)
            .map(pair -> pair.key + "=" + pair.value)
            .toList();
    assertEquals(List.of("end=client closed", "tls=" + version, "group=" + group), ends);
  }
}
