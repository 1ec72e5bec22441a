package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.service.Misbehaving;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A fault of a service affects its own conversation only, with one line in the log. */
@Timeout(120)
class ServiceFaultsTest {
  private static final String CHILDREN = "process-per-connection";

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("ROOT", Level.INFO);

  static Stream<String> models() {
    return Servers.models();
  }

  /** With a job the service runs after the call that delivers the request. */
  static Stream<Arguments> modelsAndJobs() {
    return models()
        .flatMap(model -> Stream.of(0, 1).map(millis -> Arguments.of(model, millis)))
        .filter(both -> !both.get()[0].equals(CHILDREN) || both.get()[1].equals(0));
  }

  static Stream<String> modelsOfThisProcess() {
    return Servers.models().filter(model -> !model.equals(CHILDREN));
  }

  private Servers.Server start(Protocol protocol, JsonObject config) {
    return servers.start(protocol, config.put("service", "misbehaving")).await();
  }

  private Servers.Server start(Protocol protocol, String model) {
    return start(protocol, Servers.config(model));
  }

  private static void assertServed(Socket client) throws IOException {
    assertEquals("ok", new String(Servers.Server.ask(client, "ok".getBytes(US_ASCII)), US_ASCII));
  }

  private void assertOneLine(String client, String reason) throws InterruptedException {
    assertTrue(log.await(client).contains(reason), log::toString);
    List<String> lines = log.lines().stream().filter(line -> line.startsWith(client)).toList();
    assertEquals(1, lines.size(), lines::toString);
    assertEquals(1, lines.get(0).lines().count(), lines::toString);
  }

  private static String reason(String model, String reason) {
    return model.equals(CHILDREN) ? "ended with status 1" : reason;
  }

  @ParameterizedTest
  @MethodSource("modelsAndJobs")
  void aConnectionThatFailsIsClosed(String model, int jobMillis) throws Exception {
    Servers.Server server = start(Protocol.TCP, Servers.config(model, jobMillis));
    try (Socket other = server.connect()) {
      assertServed(other);
      for (String[] fault :
          new String[][] {
            {"throw", "on"},
            {"checked", "checked"},
            {"checked", "checked"},
            {"overflow", "java.lang.StackOverflowError"},
            {"null", "the service returns null"},
            {"hold and throw", "at the end"}
          }) {
        try (Socket failing = server.connect()) {
          failing.getOutputStream().write(fault[0].getBytes(US_ASCII));
          if (fault[0].startsWith("hold")) {
            failing.shutdownOutput();
          }
          assertEquals(-1, failing.getInputStream().read(), fault[0]);
          assertOneLine("tcp 127.0.0.1:" + failing.getLocalPort(), reason(model, fault[1]));
        }
      }
      assertServed(other);
    }
  }

  @ParameterizedTest
  @MethodSource("modelsAndJobs")
  void aDatagramThatFailsIsDropped(String model, int jobMillis) throws Exception {
    Servers.Server server = start(Protocol.UDP, Servers.config(model, jobMillis));
    for (String[] fault :
        new String[][] {
          {"throw", "on"},
          {"checked", "checked"},
          {"overflow", "java.lang.StackOverflowError"},
          {"null", "the service returns null"},
          {"hold and throw", "at the end"}
        }) {
      try (DatagramSocket client = new DatagramSocket()) {
        client.connect(server.address());
        send(client, fault[0]);
        assertOneLine("udp 127.0.0.1:" + client.getLocalPort(), reason(model, fault[1]));
        assertEquals("ok", ask(client, "ok"));
      }
    }
  }

  private static void send(DatagramSocket client, String text) throws IOException {
    client.send(new DatagramPacket(text.getBytes(US_ASCII), text.length()));
  }

  private static String ask(DatagramSocket client, String text) throws IOException {
    client.setSoTimeout(Servers.PATIENCE_MILLIS);
    send(client, text);
    DatagramPacket reply = new DatagramPacket(new byte[100], 100);
    client.receive(reply);
    return new String(reply.getData(), 0, reply.getLength(), US_ASCII);
  }

  /** They may be unflushed when the next request of the same batch of reads fails. */
  @ParameterizedTest
  @MethodSource("modelsOfThisProcess")
  void repliesBeforeTheFailureArrive(String model) throws Exception {
    for (Protocol protocol : List.of(Protocol.TCP, Protocol.TLS)) {
      Servers.Server server = start(protocol, Servers.config(model));
      for (int i = 0; i < 10; i++) {
        try (Socket client = server.connect()) {
          // The first read of a connection takes so many bytes; over TLS, what a record holds.
          byte[] request = new byte[2048];
          byte[] throwing = "throw".getBytes(US_ASCII);
          if (protocol == Protocol.TCP) {
            byte[] both = Arrays.copyOf(request, request.length + throwing.length);
            System.arraycopy(throwing, 0, both, request.length, throwing.length);
            client.getOutputStream().write(both);
          } else {
            client.getOutputStream().write(request);
            client.getOutputStream().write(throwing);
          }
          assertEquals(request.length, client.getInputStream().readNBytes(request.length).length);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("modelsOfThisProcess")
  void aServiceThatCannotBeCreatedEndsItsConnection(String model) throws Exception {
    Servers.Server server = start(Protocol.TCP, model);
    Misbehaving.refusesNext = true;
    try (Socket failing = server.connect()) {
      assertEquals(-1, failing.getInputStream().read());
      assertOneLine("tcp 127.0.0.1:" + failing.getLocalPort(), "no instance");
    }
    try (Socket other = server.connect()) {
      assertServed(other);
    }
  }

  /** In a socket's own buffer the bytes beyond the limit of a request belong to others. */
  @ParameterizedTest
  @ValueSource(strings = {"iterative", "event-loop"})
  void bytesOutsideTheRequestAreNoReply(String model) throws Exception {
    Servers.Server server = start(Protocol.TCP, model);
    try (Socket curious = server.connect()) {
      curious.getOutputStream().write("outside".getBytes(US_ASCII));
      assertEquals(-1, curious.getInputStream().read());
      assertOneLine("tcp 127.0.0.1:" + curious.getLocalPort(), "outside the request");
    }
  }

  /** While a reply of 64 MiB waits for its client, the server does not read from it. */
  @ParameterizedTest
  @MethodSource("modelsOfThisProcess")
  void aBigReplyKeepsBackPressure(String model) throws Exception {
    Servers.Server server = start(Protocol.TCP, model);
    int bound = 32 << 20;
    try (SocketChannel client = SocketChannel.open(server.address());
        Socket other = server.connect()) {
      client.write(ByteBuffer.wrap("big".getBytes(US_ASCII)));
      client.read(ByteBuffer.allocate(1)); // The reply has started.
      client.configureBlocking(false);
      ByteBuffer more = ByteBuffer.allocate(1 << 16);
      long sent = 0;
      // Each reply to the other client shows that the server had time to read.
      for (int stalled = 0; stalled < 100 && sent < 2L * bound; ) {
        int taken = client.write(more.clear());
        sent += taken;
        stalled = taken == 0 ? stalled + 1 : 0;
        assertServed(other);
      }
      assertTrue(sent < bound, sent + " bytes were read");
      client.configureBlocking(true);
      client.shutdownOutput();
      long received = 1;
      for (int n = 0; n >= 0; n = client.read(more.clear())) {
        received += n;
      }
      assertEquals(Misbehaving.BIG_REPLY + sent, received);
    }
  }

  /** A child has too little memory for the reply. */
  @Test
  void aChildThatRunsOutOfMemoryEndsItsConnection() throws Exception {
    Servers.Server server = start(Protocol.TCP, CHILDREN);
    try (Socket client = server.connect()) {
      client.getOutputStream().write("big".getBytes(US_ASCII));
      assertEquals(-1, client.getInputStream().read());
      assertOneLine("tcp 127.0.0.1:" + client.getLocalPort(), "ended with status 1");
    }
  }

  @ParameterizedTest
  @MethodSource("modelsOfThisProcess")
  void aReplyTooLongForADatagramIsDropped(String model) throws Exception {
    Servers.Server server = start(Protocol.UDP, model);
    try (DatagramSocket client = new DatagramSocket()) {
      client.connect(server.address());
      send(client, "big");
      log.await("fit");
      assertEquals("ok", ask(client, "ok"));
    }
  }

  /** Limiting what it keeps is up to the service; the idle timeout ends its client. */
  @ParameterizedTest
  @MethodSource("models")
  void aClientWithAnUnfinishedMessageIsIdle(String model) throws Exception {
    Servers.Server server = start(Protocol.TCP, Servers.config(model).put("idleTimeoutSeconds", 1));
    try (Socket client = server.connect()) {
      client.getOutputStream().write("hold".getBytes(US_ASCII));
      assertEquals(-1, client.getInputStream().read());
      assertOneLine("tcp 127.0.0.1:" + client.getLocalPort(), "idle");
    }
  }

  /** The last message may take as long as any other, so it must not run on an event loop. */
  @ParameterizedTest
  @ValueSource(strings = {"TCP", "UDP"})
  void theLastMessageRunsOnAWorkerOfThePool(Protocol protocol) throws Exception {
    // The name of the thread starts so; that of an event loop starts with vert.
    Servers.Server server = start(protocol, "worker-pool");
    String thread;
    if (protocol == Protocol.UDP) {
      try (DatagramSocket client = new DatagramSocket()) {
        client.connect(server.address());
        thread = ask(client, "hold");
      }
    } else {
      try (Socket client = server.connect()) {
        client.getOutputStream().write("hold".getBytes(US_ASCII));
        client.shutdownOutput();
        thread = new String(client.getInputStream().readAllBytes(), US_ASCII);
      }
    }
    assertEquals("uppe", thread);
  }

  @Test
  void otherEventLoopsContinueWhenAServiceBlocksOne() throws Exception {
    LogLines warnings = new LogLines("io.vertx.core.impl.BlockedThreadChecker", Level.WARN);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setBlockedThreadCheckInterval(10)
                .setMaxEventLoopExecuteTime(10)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS));
    Misbehaving.release = new CountDownLatch(1);
    Misbehaving.blocked = new CountDownLatch(1);
    warnings.beforeEach(null);
    TcpServerVerticle[] instances = {new TcpServerVerticle(), new TcpServerVerticle()};
    try {
      int[] count = {0};
      JsonObject config =
          new JsonObject().put("host", "127.0.0.1").put("port", 0).put("service", "misbehaving");
      vertx
          .deployVerticle(
              () -> instances[count[0]++],
              new DeploymentOptions().setInstances(2).setConfig(config))
          .await();
      int port = instances[0].actualPort();
      // They get connections round robin.
      try (Socket blocking = new Socket("127.0.0.1", port);
          Socket other = new Socket("127.0.0.1", port)) {
        blocking.getOutputStream().write("block".getBytes(US_ASCII));
        Misbehaving.blocked.await();
        assertServed(other);
        warnings.await("has been blocked");
        assertServed(other);
        Misbehaving.release.countDown();
        assertEquals("block", new String(blocking.getInputStream().readNBytes(5), US_ASCII));
      }
    } finally {
      Misbehaving.release.countDown();
      warnings.afterEach(null);
      vertx.close().await();
    }
  }
}
