package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.*;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error closes its connection only, with one line in the log. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class ConnectionErrorsTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("ROOT", Level.INFO);

  private static ServerVerticle server(Protocol protocol, ConcurrencyModel model) {
    return protocol == Protocol.TLS
        ? new TlsServerVerticle(ServerGroup.ofDeployment(Protocol.TLS, settings -> model))
        : new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> model));
  }

  /** Throws as the first byte says: within the call, later, at the end, or on connect. */
  private static final class Failing implements ConcurrencyModel {
    volatile boolean refuseNext;

    @Override
    public RequestHandler handle(Conversation conversation) {
      if (refuseNext) {
        refuseNext = false;
        throw new IllegalStateException("broken");
      }
      return new RequestHandler() {
        private boolean failAtEnd;

        @Override
        public void request(ByteBuffer bytes) {
          switch (bytes.get(bytes.position())) {
            case 't' -> throw new IllegalStateException("broken");
            case 'l' ->
                conversation
                    .context()
                    .runOnContext(v -> conversation.fail(new IllegalStateException("broken")));
            case 'e' -> {
              failAtEnd = true;
              conversation.next();
            }
            default -> {
              conversation.reply(bytes);
              conversation.next();
            }
          }
        }

        @Override
        public void end() {
          if (failAtEnd) {
            throw new IllegalStateException("broken");
          }
          conversation.finish();
        }

        @Override
        public void cancel() {}
      };
    }

    @Override
    public boolean answersWithinCall(Job job) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void anExceptionEndsItsConnectionOnly(Wire wire, VertxTestContext test) {
    Failing model = new Failing();
    servers
        .start(wire, server(wire.protocol(), model), new JsonObject().put("maxConnections", 2))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket other = server.connect()) {
                        // Accepted before the next one is refused.
                        assertEquals('x', Servers.Server.ask(other, new byte[] {'x'})[0]);
                        for (String how : List.of("", "throw", "later", "end")) {
                          model.refuseNext = how.isEmpty();
                          try (Socket socket = server.connect()) {
                            if (!how.isEmpty()) {
                              socket.getOutputStream().write(how.getBytes(US_ASCII));
                              socket.shutdownOutput();
                            }
                            assertEquals(-1, socket.getInputStream().read(), how);
                          }
                          String line = log.await("broken");
                          assertEquals(1, line.lines().count());
                          assertEquals('x', Servers.Server.ask(other, new byte[] {'x'})[0]);
                        }
                      }
                      return log.events();
                    }))
        .onComplete(
            test.succeeding(
                events ->
                    test.verify(
                        () -> {
                          // One line for the start, one for each failure.
                          assertEquals(
                              5,
                              log.lines().stream()
                                  .filter(line -> !line.contains("renegotiate"))
                                  .count(),
                              log.lines().toString());
                          assertNoStackTrace(events);
                          test.completeNow();
                        })));
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#withModels")
  void aResetMidReplyEndsItsConnectionOnly(Wire wire, String model, VertxTestContext test) {
    servers
        .start(wire, Servers.config(model, 20))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket other = server.connect()) {
                        for (int i = 0; i < 5; i++) {
                          Socket socket = server.connect();
                          // More than the server's socket buffer: the reset comes during a reply.
                          servers.client(
                              () -> {
                                socket.getOutputStream().write(new byte[8 << 20]);
                                return null;
                              });
                          socket.getInputStream().readNBytes(100);
                          reset(socket);
                          assertEquals('X', Servers.Server.ask(other, new byte[] {'x'})[0]);
                        }
                      }
                      return log.events();
                    }))
        .onComplete(
            test.succeeding(
                events ->
                    test.verify(
                        () -> {
                          assertNoStackTrace(events);
                          // At most a line each.
                          long closed =
                              log.lines().stream()
                                  .filter(line -> line.contains(" closed: "))
                                  .count();
                          assertTrue(closed <= 5, log.lines().toString());
                          test.completeNow();
                        })));
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Test
  void aBrokenHandshakeEndsItsConnectionOnly(VertxTestContext test) {
    servers
        .start(Protocol.TLS, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      byte[] garbage = new byte[30_000];
                      new Random(1).nextBytes(garbage);
                      for (byte[] bytes : List.of("hello".getBytes(US_ASCII), garbage)) {
                        try (Socket plain = new Socket()) {
                          plain.setSoTimeout(Servers.PATIENCE_MILLIS);
                          plain.connect(server.address());
                          plain.getOutputStream().write(bytes);
                          plain.getInputStream().readAllBytes();
                        } catch (SocketException e) {
                          // A reset will do too.
                        }
                      }
                      String line = log.await("tls connection refused: its handshake failed");
                      assertTrue(line.length() < 280, line);
                      // A flood of failures does not flood the log.
                      log.await("1 more for handshake");
                      try (Socket good = server.connect()) {
                        assertEquals('X', Servers.Server.ask(good, new byte[] {'x'})[0]);
                      }
                      return log.events();
                    }))
        .onComplete(
            test.succeeding(
                events ->
                    test.verify(
                        () -> {
                          assertNoStackTrace(events);
                          assertEquals(3, events.size(), log.lines().toString());
                          test.completeNow();
                        })));
  }

  private static void assertNoStackTrace(List<ILoggingEvent> events) {
    for (ILoggingEvent event : events) {
      assertNull(event.getThrowableProxy(), event.getFormattedMessage());
    }
  }
}
