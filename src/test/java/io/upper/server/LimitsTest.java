package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import io.upper.config.Protocol;
import io.upper.model.*;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits of connections and idle time, and what TLS refuses. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class LimitsTest {
  @RegisterExtension final Servers servers = new Servers();

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#withModels")
  void oneConnectionTooManyIsClosedAndAFreeSlotIsReused(
      Wire wire, String model, VertxTestContext test) {
    servers
        .start(wire, Servers.config(model).put("maxConnections", 2))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket first = server.connect();
                          Socket second = server.connect()) {
                        assertEquals('A', Servers.Server.ask(first, new byte[] {'a'})[0]);
                        assertEquals('A', Servers.Server.ask(second, new byte[] {'a'})[0]);
                        // Without a handshake: it is closed before that.
                        try (Socket third = server.open()) {
                          assertEquals(-1, third.getInputStream().read());
                        }
                        // Once the close has come back, the slot is free.
                        first.shutdownOutput();
                        assertEquals(-1, first.getInputStream().read());
                        assertTrue(served(server));
                        assertEquals('A', Servers.Server.ask(second, new byte[] {'a'})[0]);
                      }
                      return null;
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** Clients that never start their handshake take slots too. */
  @Test
  void aStalledHandshakeTakesASlot(VertxTestContext test) {
    servers
        .start(Protocol.TLS, Servers.config("event-loop").put("maxConnections", 2))
        .compose(
            server ->
                servers.client(
                    () -> {
                      Socket stalled = new Socket();
                      stalled.connect(server.address());
                      try (stalled;
                          Socket served = server.connect();
                          Socket tooMany = new Socket()) {
                        tooMany.setSoTimeout(Servers.PATIENCE_MILLIS);
                        tooMany.connect(server.address());
                        assertEquals(-1, tooMany.getInputStream().read());
                        assertEquals('A', Servers.Server.ask(served, new byte[] {'a'})[0]);
                        stalled.close();
                        assertTrue(served(server));
                      }
                      return null;
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** The client sees the end a moment before the server counts it. */
  private static boolean served(Servers.Server server) throws IOException {
    for (int i = 0; i < 100; i++) {
      try (Socket socket = server.connect()) {
        if (Servers.Server.ask(socket, new byte[] {'a'}).length == 1) {
          return true;
        }
      } catch (SocketException | SSLException e) {
        // Closed in the handshake, or while the request was sent.
      }
    }
    return false;
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void anIdleConnectionIsClosed(Wire wire, VertxTestContext test) {
    servers
        .start(wire, Servers.config("event-loop").put("idleTimeoutSeconds", 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        return socket.getInputStream().read();
                      }
                    }))
        .onComplete(
            test.succeeding(
                end ->
                    test.verify(
                        () -> {
                          assertEquals(-1, end);
                          test.completeNow();
                        })));
  }

  /** Its client waits for longer than the idle timeout. */
  @Test
  void aConnectionWithARequestInFlightIsNotIdle(VertxTestContext test) {
    servers
        .start(Protocol.TCP, Servers.config("event-loop", 2_500).put("idleTimeoutSeconds", 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        return new String(Servers.Server.ask(socket, new byte[] {'a'}), US_ASCII);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("A", reply);
                          test.completeNow();
                        })));
  }

  @Test
  void aMissingCertificateFailsTheStartAndIsNamed(VertxTestContext test) {
    servers
        .start(Protocol.TLS, new JsonObject().put("certificate", "/nowhere/cert.pem"))
        .onComplete(
            test.failing(
                cause ->
                    test.verify(
                        () -> {
                          assertEquals(
                              "/tls/certificate: \"/nowhere/cert.pem\" is no file that can be read",
                              cause.getMessage());
                          test.completeNow();
                        })));
  }

  /** Raw bytes, since the JDK's client refuses to offer them. */
  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(strings = {"0301", "0302"})
  void oldVersionsOfTlsAreRefused(String version, VertxTestContext test) {
    // RFC 5246, 7.4.1.2: a ClientHello with TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA and RSA/AES suites.
    String body = version + "00".repeat(32) + "00" + "0006c013c009002f" + "0100";
    String handshake = "01%06x".formatted(body.length() / 2) + body;
    byte[] hello =
        HexFormat.of().parseHex("160301%04x".formatted(handshake.length() / 2) + handshake);
    servers
        .start(Protocol.TLS, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = new Socket()) {
                        socket.setSoTimeout(Servers.PATIENCE_MILLIS);
                        socket.connect(server.address());
                        socket.getOutputStream().write(hello);
                        return socket.getInputStream().readAllBytes();
                      }
                    }))
        .onComplete(
            test.succeeding(
                answer ->
                    test.verify(
                        () -> {
                          // An alert (21), fatal (2): protocol_version (70).
                          assertEquals(21, answer[0]);
                          assertEquals(2, answer[5]);
                          assertEquals(70, answer[6]);
                          test.completeNow();
                        })));
  }
}
