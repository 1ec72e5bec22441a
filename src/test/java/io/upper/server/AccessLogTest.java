package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.*;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The access log has a line for each connection, with the reason for its end. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class AccessLogTest {
  private static final JsonObject NO_JOB = Servers.config("event-loop");

  // More than the buffers of both systems take.
  private static final int FLOOD = 64 * 1024 * 1024;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("upper.access", Level.INFO);

  // Referenced, or the garbage collector would close the socket.
  private Socket staysOpen;

  private interface Client {
    void talk(Servers.Server server) throws Exception;
  }

  /** Runs a client against a server, and expects one connection in the log, with that end. */
  private void ends(
      String end, Protocol protocol, JsonObject config, Client client, VertxTestContext test) {
    ends(end, servers.start(protocol, config), client, test);
  }

  private void endsOf(ConcurrencyModel model, String end, Client client, VertxTestContext test) {
    ServerVerticle server =
        new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> model));
    JsonObject config = new JsonObject().put("drainSeconds", 1);
    ends(end, servers.start(Protocol.TCP, server, config), client, test);
  }

  private void ends(
      String end, Future<Servers.Server> started, Client client, VertxTestContext test) {
    started
        .compose(server -> servers.client(() -> connection(server, client)))
        .onComplete(
            test.succeeding(
                connection ->
                    test.verify(
                        () -> {
                          assertEquals(end, connection.get("end"));
                          test.completeNow();
                        })));
  }

  private Map<String, Object> connection(Servers.Server server, Client client) throws Exception {
    client.talk(server);
    log.await("connection");
    assertEquals(1, log.events().size(), () -> log.events().toString());
    return fields(log.events().get(0));
  }

  private static Map<String, Object> fields(ILoggingEvent event) {
    Map<String, Object> fields = new HashMap<>();
    event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, pair.value));
    return fields;
  }

  private static Socket asked(Servers.Server server) throws IOException {
    Socket socket = server.connect();
    assertEquals("HELLO", new String(Servers.Server.ask(socket, bytes("hello")), US_ASCII));
    return socket;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#streams")
  void everyFigureIsCorrect(Protocol protocol, VertxTestContext test) {
    long start = System.nanoTime();
    servers
        .start(protocol, NO_JOB)
        .compose(
            server ->
                servers.client(
                    () -> {
                      String[] peer = new String[1];
                      Map<String, Object> connection =
                          connection(
                              server,
                              same -> {
                                Socket socket = asked(same);
                                peer[0] = "127.0.0.1:" + socket.getLocalPort();
                                // Uppercase is longer: SS.
                                socket.getOutputStream().write("ŉß".getBytes("UTF-8"));
                                assertEquals("ʼNSS", utf8(socket.getInputStream().readNBytes(5)));
                                socket.shutdownOutput();
                                assertEquals(-1, socket.getInputStream().read());
                                socket.close();
                              });
                      assertEquals(peer[0], connection.get("peer"));
                      return connection;
                    }))
        .onComplete(
            test.succeeding(
                connection ->
                    test.verify(
                        () -> {
                          assertEquals("client closed", connection.get("end"));
                          assertEquals(protocol.word(), connection.get("server"));
                          assertEquals(2L, connection.get("requests"));
                          assertEquals(9L, connection.get("received"));
                          assertEquals(10L, connection.get("sent"));
                          long millis = (Long) connection.get("millis");
                          assertTrue(
                              millis >= 0 && millis <= (System.nanoTime() - start) / 1_000_000,
                              connection::toString);
                          test.completeNow();
                        })));
  }

  private static String utf8(byte[] bytes) throws IOException {
    return new String(bytes, "UTF-8");
  }

  @Test
  void reset(VertxTestContext test) {
    ends(
        "reset",
        Protocol.TCP,
        NO_JOB,
        server -> {
          Socket socket = asked(server);
          socket.setSoLinger(true, 0);
          socket.close();
        },
        test);
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#streams")
  void whatTheKernelHasNotTakenAtAResetIsNotSent(Protocol protocol, VertxTestContext test) {
    servers
        .start(protocol, NO_JOB)
        .compose(
            server ->
                servers.client(
                    () ->
                        connection(
                            server,
                            same -> {
                              Socket socket = asked(same);
                              sendUntilNothingIsTaken(socket);
                              socket.setSoLinger(true, 0);
                              socket.close();
                            })))
        .onComplete(
            test.succeeding(
                connection ->
                    test.verify(
                        () -> {
                          long sent = (Long) connection.get("sent");
                          long received = (Long) connection.get("received");
                          assertTrue(sent > 5 && sent < received, connection::toString);
                          test.completeNow();
                        })));
  }

  /** Returns when the server has not read for 5 s, since its replies are not. */
  private static void sendUntilNothingIsTaken(Socket socket) throws Exception {
    AtomicLong sent = new AtomicLong();
    Thread sender =
        new Thread(
            () -> {
              byte[] request = new byte[16 * 1024];
              try {
                while (true) {
                  socket.getOutputStream().write(request);
                  sent.incrementAndGet();
                }
              } catch (IOException e) {
                // Reset by this client.
              }
            });
    sender.setDaemon(true);
    sender.start();
    for (long before = -1; before != sent.get(); sender.join(5_000)) {
      before = sent.get();
    }
  }

  @Test
  void idle(VertxTestContext test) {
    ends(
        "idle",
        Protocol.TCP,
        NO_JOB.copy().put("idleTimeoutSeconds", 1),
        server -> {
          try (Socket socket = asked(server)) {
            assertEquals(-1, socket.getInputStream().read());
          }
        },
        test);
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#streams")
  void drained(Protocol protocol, VertxTestContext test) {
    ends(
        "drained",
        protocol,
        NO_JOB,
        server -> {
          try (Socket socket = asked(server)) {
            server.undeploy();
            assertEquals(-1, socket.getInputStream().read());
          }
        },
        test);
  }

  @Test
  void cutOff(VertxTestContext test) {
    endsOf(
        new Moody(),
        "cut off",
        server -> {
          try (Socket socket = asked(server)) {
            socket.getOutputStream().write(bytes("never"));
            server.undeploy();
            assertEquals(-1, socket.getInputStream().read());
          }
        },
        test);
  }

  /** Not "client closed", which says that everything was answered. */
  @Test
  void cutOffBeforeTheLastReplyIsRead(VertxTestContext test) {
    endsOf(
        new Moody(),
        "cut off",
        server -> {
          staysOpen = asked(server);
          staysOpen.getOutputStream().write(bytes("flood"));
          staysOpen.shutdownOutput();
          // The first of it is here, so the request has arrived.
          assertEquals(0, staysOpen.getInputStream().read());
          server.undeploy();
        },
        test);
  }

  @Test
  void refused(VertxTestContext test) {
    ends(
        "refused",
        Protocol.TCP,
        NO_JOB.copy().put("maxConnections", 1),
        server -> {
          staysOpen = asked(server); // Until the server is closed.
          try (Socket second = server.connect()) {
            assertEquals(-1, second.getInputStream().read());
          }
        },
        test);
  }

  @Test
  void failed(VertxTestContext test) {
    endsOf(
        new Moody(),
        "failed: broken",
        server -> {
          try (Socket socket = asked(server)) {
            socket.getOutputStream().write(bytes("throw"));
            assertEquals(-1, socket.getInputStream().read());
          }
        },
        test);
  }

  /** In the order in which they first served; only the first four. */
  @Test
  void theJobNodesThatServedAreNamed(VertxTestContext test) {
    ServerVerticle server =
        new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> new Moody()));
    servers
        .start(Protocol.TCP, server, new JsonObject())
        .compose(
            started ->
                servers.client(
                    () ->
                        connection(
                            started,
                            same -> {
                              try (Socket socket = same.connect()) {
                                socket.getOutputStream().write(bytes("nodes:bacbade"));
                                assertEquals('H', socket.getInputStream().read());
                              }
                            })))
        .onComplete(
            test.succeeding(
                connection ->
                    test.verify(
                        () -> {
                          assertEquals("b,a,c,d,+", connection.get("nodes"));
                          test.completeNow();
                        })));
  }

  @Test
  void ofTheModelClusterTheNodeIsNamed(VertxTestContext test) {
    servers
        .start(Protocol.TCP, Servers.config("cluster"))
        .compose(server -> servers.client(() -> connection(server, same -> asked(same).close())))
        .onComplete(
            test.succeeding(
                connection ->
                    test.verify(
                        () -> {
                          assertEquals("local", connection.get("nodes"));
                          test.completeNow();
                        })));
  }

  /** Replies HELLO, throws, or never replies. */
  private static final class Moody implements ConcurrencyModel {
    @Override
    public RequestHandler handle(Conversation conversation) {
      return new RequestHandler() {
        @Override
        public void request(ByteBuffer bytes) {
          String request = US_ASCII.decode(bytes).toString();
          if (request.startsWith("nodes:")) {
            request.chars().skip(6).forEach(node -> conversation.servedBy("" + (char) node));
            request = "hello";
          }
          switch (request) {
            case "throw" -> throw new IllegalStateException("broken");
            case "hello" -> {
              conversation.reply(US_ASCII.encode("HELLO"));
              conversation.next();
            }
            case "flood" -> {
              conversation.reply(ByteBuffer.allocate(FLOOD));
              conversation.next();
            }
            default -> {}
          }
        }

        @Override
        public void end() {
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
}
