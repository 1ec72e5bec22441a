package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The metric of a certificate is about the server that accepts, not about one that tried to. */
class ServedCredentialsTest {

  @Test
  void onlyAServerThatAcceptsReportsItsCertificate() throws Exception {
    List<Instant> reported = new ArrayList<>();
    ServerMetrics metrics =
        (ServerMetrics)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServerMetrics.class},
                (proxy, method, arguments) -> {
                  assertEquals("certificate", method.getName());
                  reported.add((Instant) arguments[1]);
                  return null;
                });
    String certificate = Servers.certificate();
    ServerSettings settings =
        ServerSettings.of(
            Protocol.TLS,
            new JsonObject()
                .put("certificate", certificate)
                .put("key", certificate.replace("server-cert", "server-key")));

    ServedCredentials failing = new ServedCredentials(metrics);
    TlsCredentials read = failing.read(settings.tls());
    failing.end();
    assertEquals(List.of(), reported);

    ServedCredentials serving = new ServedCredentials(metrics);
    serving.read(settings.tls());
    serving.start();
    assertEquals(List.of(read.expiry()), reported);
    serving.end();
    assertEquals(2, reported.size());
    assertEquals(null, reported.get(1));
  }
}
