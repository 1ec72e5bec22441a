package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.*;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that stops answers all requests sent before. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class DrainTest {
  private static final int CLIENTS = 50;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.INFO);

  /** The undeploy comes while the requests are in flight, or still in the sockets. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#withModels")
  void requestsInFlightAreAnsweredThenConnectionsClose(
      Wire wire, String model, VertxTestContext test) {
    int clients = clients(model);
    servers
        .start(
            wire,
            Servers.config(model, 20).put("drainSeconds", 60).put("maxProcesses", clients + 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      List<Socket> sockets = new ArrayList<>();
                      for (int i = 0; i < clients; i++) {
                        sockets.add(accepted(server));
                      }
                      Socket idle = accepted(server);
                      for (Socket socket : sockets) {
                        socket.getOutputStream().write("hello".getBytes(US_ASCII));
                      }
                      // The test's time limit is half of drainSeconds.
                      Future<Void> undeployed = server.undeploy();
                      for (Socket socket : sockets) {
                        assertEquals(
                            "HELLO", new String(socket.getInputStream().readAllBytes(), US_ASCII));
                        socket.close();
                      }
                      assertEquals(-1, idle.getInputStream().read());
                      idle.close();
                      return undeployed.await();
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** A JVM for each client is expensive. */
  private static int clients(String model) {
    return model.equals("process-per-connection") ? CLIENTS / 10 : CLIENTS;
  }

  /** It sends a request after each reply, so it is never quiet, and ends with a reply. */
  @ParameterizedTest
  @CsvSource({
    "TCP, event-loop",
    "TCP, worker-pool",
    "TCP, thread-per-connection",
    "TLS, event-loop",
  })
  void aClientThatKeepsSendingGetsAWholeLastReply(
      Protocol protocol, String model, VertxTestContext test) {
    servers
        .start(protocol, Servers.config(model, 20).put("drainSeconds", 4))
        .compose(
            server ->
                servers.client(
                    () -> {
                      Socket socket = accepted(server);
                      long start = System.nanoTime();
                      Future<Void> undeployed = server.undeploy();
                      int rest = askOnAndOn(socket);
                      undeployed.await();
                      // Not cut off: the server closed the connection between two replies.
                      assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(3_900));
                      return rest;
                    }))
        .onComplete(
            test.succeeding(
                rest ->
                    test.verify(
                        () -> {
                          assertEquals(0, rest);
                          test.completeNow();
                        })));
  }

  /** The bytes of a partial reply at the end of the connection. */
  private static int askOnAndOn(Socket socket) throws IOException {
    try (socket) {
      byte[] request = "hello".getBytes(US_ASCII);
      int length = request.length;
      while (length == request.length) {
        length = Servers.Server.ask(socket, request).length;
      }
      // The next request may be in flight already: even so there is no reset.
      return length;
    }
  }

  /** Even then a client that has connected gets its reply; others are refused. */
  @Test
  void clientsThatConnectDuringTheStopAreAnsweredOrRefused(VertxTestContext test) {
    assumeTrue(servers.usesEpoll());
    CountDownLatch served = new CountDownLatch(CLIENTS);
    servers
        .startInstances(Protocol.TCP, 3, Servers.config("event-loop"))
        .compose(
            server -> {
              List<Future<Void>> clients =
                  IntStream.range(0, 8)
                      .mapToObj(i -> servers.client(() -> comeAgainAndAgain(server, served)))
                      .toList();
              Future<Void> undeployed =
                  servers.client(
                      () -> {
                        served.await();
                        return server.undeploy().await();
                      });
              return Future.all(undeployed, Future.all(clients));
            })
        .onComplete(test.succeedingThenComplete());
  }

  /** Ends when it is refused; fails if its connection breaks. */
  private static Void comeAgainAndAgain(Servers.Server server, CountDownLatch served)
      throws IOException {
    while (true) {
      try (Socket socket = server.connect()) {
        assertEquals(5, Servers.Server.ask(socket, "hello".getBytes(US_ASCII)).length);
        served.countDown();
      } catch (ConnectException refused) {
        return null;
      }
    }
  }

  /** A connection that the server has accepted. */
  private static Socket accepted(Servers.Server server) throws IOException {
    Socket socket = server.connect();
    Servers.Server.ask(socket, new byte[] {'a'});
    return socket;
  }

  /** Its next requests wait in the kernel until it has read the replies to the first. */
  @Test
  void aSlowReaderIsAnsweredInFull(VertxTestContext test) {
    byte[] request = "a".repeat(6 << 20).getBytes(US_ASCII);
    servers
        .start(Protocol.TCP, Servers.config("event-loop").put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        Future<Void> sent =
                            servers.client(
                                () -> {
                                  socket.getOutputStream().write(request);
                                  return null;
                                });
                        InputStream in = socket.getInputStream();
                        in.readNBytes(1 << 20);
                        Future<Void> undeployed = server.undeploy();
                        // Longer than the drain's quiet period.
                        Thread.sleep(800);
                        int rest = in.readAllBytes().length;
                        sent.await();
                        undeployed.await();
                        return (1 << 20) + rest;
                      }
                    }))
        .onComplete(
            test.succeeding(
                length ->
                    test.verify(
                        () -> {
                          assertEquals(request.length, length);
                          test.completeNow();
                        })));
  }

  /** The work never ends. */
  private static final class Stuck implements ConcurrencyModel {
    final Promise<Void> atWork = Promise.promise();

    @Override
    public RequestHandler handle(Conversation conversation) {
      return new RequestHandler() {
        private boolean gone;

        @Override
        public void request(ByteBuffer bytes) {
          atWork.complete();
        }

        @Override
        public void end() {}

        @Override
        public void cancel() {}
      };
    }

    @Override
    public boolean answersWithinCall(io.upper.job.Job job) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void aRequestThatTakesTooLongIsCutOff(Wire wire, VertxTestContext test) {
    Stuck model = new Stuck();
    ServerVerticle verticle =
        wire.protocol() == Protocol.TLS
            ? new TlsServerVerticle(ServerGroup.ofDeployment(Protocol.TLS, settings -> model))
            : new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> model));
    servers
        .start(wire, verticle, new JsonObject().put("drainSeconds", 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        socket.getOutputStream().write('a');
                        model.atWork.future().await();
                        Future<Void> undeployed = server.undeploy();
                        assertEquals(-1, socket.getInputStream().read());
                        return undeployed.await();
                      }
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  @Test
  void aDatagramThatTakesTooLongIsCutOff(VertxTestContext test) {
    servers
        .start(Protocol.UDP, Servers.config("event-loop", 600_000).put("drainSeconds", 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = UdpTest.connect(server)) {
                        socket.send(new DatagramPacket(new byte[] {'a'}, 1));
                        server.undeploy().await();
                      }
                      return log.await("cut off");
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** The test's time limit is half of drainSeconds. */
  @Test
  void aStalledHandshakeDoesNotDelayTheStop(VertxTestContext test) {
    servers
        .start(Protocol.TLS, Servers.config("event-loop").put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket stalled = accepting(server)) {
                        server.undeploy().await();
                        return stalled.getInputStream().read();
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

  @Test
  void aHandshakeThatContinuesDuringTheStopIsServed(VertxTestContext test) {
    servers
        .start(Protocol.TLS, Servers.config("event-loop").put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      Socket late = accepting(server);
                      Future<Void> undeployed = server.undeploy();
                      try (Socket secured = server.secure(late)) {
                        assertEquals('A', Servers.Server.ask(secured, new byte[] {'a'})[0]);
                        assertEquals(-1, secured.getInputStream().read());
                      }
                      return undeployed.await();
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** A connection that the server has accepted, without its handshake. */
  private static Socket accepting(Servers.Server server) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(Servers.PATIENCE_MILLIS);
    socket.connect(server.address());
    accepted(server).close(); // It connected later.
    return socket;
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#models")
  void pendingDatagramsAreAnswered(String model, VertxTestContext test) {
    int clients = clients(model);
    servers
        .start(Protocol.UDP, Servers.config(model, 20).put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = UdpTest.connect(server)) {
                        for (int i = 0; i < clients; i++) {
                          socket.send(new DatagramPacket(new byte[] {'a'}, 1));
                        }
                        Future<Void> undeployed = server.undeploy();
                        for (int i = 0; i < clients; i++) {
                          assertArrayEquals(new byte[] {'A'}, UdpTest.receive(socket));
                        }
                        return undeployed.await();
                      }
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** Its work ends just as its client is cut off, so that it calls next too late. */
  private static final class Late implements ConcurrencyModel {
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final Queue<String> after = new ConcurrentLinkedQueue<>();

    @Override
    public RequestHandler handle(Conversation conversation) {
      return new RequestHandler() {
        private boolean gone;

        @Override
        public void request(ByteBuffer bytes) {
          note("request");
        }

        @Override
        public void end() {
          note("end");
        }

        @Override
        public void cancel() {
          note("cancel");
          gone = true;
          conversation
              .context()
              .runOnContext(
                  v -> {
                    conversation.next();
                    cancelled.complete(null);
                  });
        }

        private void note(String call) {
          if (gone) {
            after.add(call);
          }
        }
      };
    }

    @Override
    public boolean answersWithinCall(Job job) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void noHandlerMethodIsCalledAfterCancel(Wire wire) throws Exception {
    Late model = new Late();
    ServerVerticle verticle =
        wire.protocol() == Protocol.TCP
            ? new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> model))
            : new TlsServerVerticle(ServerGroup.ofDeployment(Protocol.TLS, settings -> model));
    Servers.Server server =
        servers.start(wire, verticle, new JsonObject().put("drainSeconds", 1)).await();
    try (Socket client = server.connect()) {
      client.getOutputStream().write('a');
      server.undeploy();
      model.cancelled.get(Servers.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    assertEquals(List.of(), List.copyOf(model.after));
  }
}
