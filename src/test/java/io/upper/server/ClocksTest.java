package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wait of a connection has a timeout: no client keeps its slot for ever. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ClocksTest {
  private static final int PATIENCE_MILLIS = 60_000;

  // The minimum, so that the kernel's buffers fill up soon.
  private static final int RECEIVE_BUFFER = 4_096;

  // The process holds less than the 64 KiB at which it stops reading.
  private static final int[] MORE_THAN_THE_KERNEL_TAKES = {-32_768, 0, 16_384, 32_768, 49_152};

  // Records and their buffers blur the limit, and Java's client encrypts slowly.
  private static final int[] MORE_OVER_TLS = {0, 49_152};

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines lines = new LogLines("io.upper", Level.INFO);
  private final Count connections = new Count();
  private final List<Socket> sockets = new ArrayList<>();
  // Referenced, or the garbage collector would close the TLS sockets.
  private final List<Socket> secured = new ArrayList<>();

  @BeforeEach
  void count() {
    ServerMetrics.install(servers.vertx(), connections);
  }

  @AfterEach
  void closeClients() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** None reads or closes: one sends nothing, one all it can, the others half-close. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#streams")
  void idleClientsAreClosedInEveryStateAndModel(Protocol protocol) throws Exception {
    int kernel = bytesThatTheKernelTakes();
    int[] sizes = protocol == Protocol.TLS ? MORE_OVER_TLS : MORE_THAN_THE_KERNEL_TAKES;
    int opened = 0;
    for (String model : Servers.models().toList()) {
      JsonObject config =
          Servers.config(model)
              .put("idleTimeoutSeconds", 1)
              .put("command", new JsonArray().add("cat"));
      Servers.Server server = servers.start(protocol, config).await();
      connect(server);
      start(connect(server), Integer.MAX_VALUE);
      for (int more : sizes) {
        start(connect(server), kernel + more);
      }
      opened += 2 + sizes.length;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (connections.closed.get() < opened) {
      assertTrue(System.nanoTime() < deadline, "ended: " + connections.closed + " of " + opened);
      Thread.sleep(10);
    }
  }

  static Stream<Arguments> modelsThatLetWait() {
    return Stream.of("worker-pool", "process-per-connection")
        .flatMap(model -> Servers.streams().map(protocol -> Arguments.of(protocol, model)));
  }

  /** The only worker, or process, is busy for a minute with another client. */
  @ParameterizedTest
  @MethodSource("modelsThatLetWait")
  void aClientThatWaitsTooLongIsGivenUp(Protocol protocol, String model) throws Exception {
    Servers.Server server =
        servers.start(protocol, onePlace(model, 60_000).put("maxWaitMillis", 900)).await();
    Socket served = connect(server);
    served.getOutputStream().write('A');
    // Later requests wait behind it only once it is in flight or queued.
    connections.await(1);
    Socket waiting = connect(server);
    waiting.setSoTimeout(PATIENCE_MILLIS);
    waiting.getOutputStream().write('B');
    assertEquals(-1, waiting.getInputStream().read());
    String line = lines.await("has waited");
    assertTrue(
        line.matches(
            protocol.word()
                + " connection refused: "
                + protocol.word()
                + " 127.0.0.1:\\d+ has waited for 900 ms \\(1 so far\\)"),
        line);
    assertEquals(1, connections.givenUp.get());
    assertEquals(1, lines.lines().stream().filter(one -> one.contains("has waited")).count());
  }

  /** They were read long ago: the client is gone, or has sent them again. */
  @ParameterizedTest
  @ValueSource(strings = {"worker-pool", "process-per-connection"})
  void datagramsThatWaitTooLongAreGivenUp(String model) throws Exception {
    Servers.Server server =
        servers.start(Protocol.UDP, onePlace(model, 4_000).put("maxWaitMillis", 300)).await();
    try (DatagramSocket client = new DatagramSocket()) {
      client.connect(server.address());
      client.setSoTimeout(PATIENCE_MILLIS);
      for (char c = 'A'; c <= 'J'; c++) {
        client.send(new DatagramPacket(new byte[] {(byte) c}, 1));
        connections.await(c - 'A' + 1);
      }
      DatagramPacket reply = new DatagramPacket(new byte[10], 10);
      client.receive(reply);
      assertEquals('A', reply.getData()[0]);
      client.send(new DatagramPacket(new byte[] {'Z'}, 1));
      client.receive(reply);
      assertEquals('Z', reply.getData()[0], "the queue is empty again");
    }
    assertEquals(9, connections.givenUp.get());
    lines.await("udp datagram dropped: udp 127.0.0.1:");
  }

  /** A server with one worker, or one process at a time. */
  private static JsonObject onePlace(String model, int millis) {
    return Servers.config(model, millis)
        // The end of the test does not wait for the busy one.
        .put("drainSeconds", 1)
        .put("workers", 1)
        .put("maxProcesses", 1)
        .put(
            "command",
            new JsonArray().add("sh").add("-c").add("sleep " + millis / 1_000 + "; exec cat"));
  }

  private Socket connect(Servers.Server server) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(RECEIVE_BUFFER);
    socket.connect(server.address(), PATIENCE_MILLIS);
    secured.add(server.protocol() == Protocol.TLS ? server.secure(socket) : socket);
    return secured.get(secured.size() - 1);
  }

  /** Sends that many bytes and half-closes, on its own thread since it may block. */
  private static void start(Socket client, long bytes) {
    Thread thread =
        new Thread(
            () -> {
              byte[] block = "A".repeat(1 << 14).getBytes();
              try {
                for (long left = bytes; left > 0; left -= block.length) {
                  client.getOutputStream().write(block, 0, (int) Math.min(left, block.length));
                }
                client.shutdownOutput();
              } catch (IOException e) {
                // It was closed.
              }
            },
            "client");
    thread.setDaemon(true);
    thread.start();
  }

  /** From a server to a client that does not read. */
  private static int bytesThatTheKernelTakes() throws Exception {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(free);
        SocketChannel client = SocketChannel.open()) {
      client.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      client.connect(server.getLocalAddress());
      try (SocketChannel accepted = server.accept()) {
        accepted.configureBlocking(false);
        ByteBuffer block = ByteBuffer.allocate(1 << 14);
        int bytes = 0;
        for (int pauses = 0; pauses < 20; ) {
          int taken = accepted.write(block.clear());
          bytes += taken;
          if (taken == 0) {
            pauses++;
            Thread.sleep(5);
          }
        }
        return bytes;
      }
    }
  }

  /** The connections of all servers. */
  private static final class Count implements ServerMetrics, ServerMetrics.Loop {
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger givenUp = new AtomicInteger();

    /** Waits until that many requests were read. */
    void await(int read) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
      while (requests.get() < read) {
        assertTrue(System.nanoTime() < deadline, "requests: " + requests);
        Thread.sleep(1);
      }
    }

    @Override
    public void opened() {
      opened.incrementAndGet();
    }

    @Override
    public void closed() {
      closed.incrementAndGet();
    }

    @Override
    public void received(int bytes) {
      requests.incrementAndGet();
    }

    @Override
    public void sent(int bytes) {}

    @Override
    public Loop loop(Protocol server) {
      return this;
    }

    @Override
    public RequestObserver observer(Protocol server) {
      return null;
    }

    @Override
    public void rejected(Protocol server, String reason, int count) {
      if (reason.equals("max-wait")) {
        givenUp.addAndGet(count);
      }
    }

    @Override
    public void handshake(Protocol server, String version, String group) {}

    @Override
    public void handshakeFailed(Protocol server, String cause, int count) {}

    @Override
    public void certificate(Object server, Instant notAfter) {}
  }
}
