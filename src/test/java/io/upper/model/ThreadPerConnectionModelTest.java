package io.upper.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many requests in flight as there can be threads, within 512 MiB of heap. */
@Timeout(600)
class ThreadPerConnectionModelTest {
  private static final boolean VIRTUAL = Runtime.version().feature() >= 21;
  private static final int CONNECTIONS = VIRTUAL ? 10_000 : 1_000;
  private static final int CONNECTING_AT_ONCE = 200;
  private static final int JOB_MILLIS = 3_000;
  private static final byte[] REQUEST = "20 tigers".getBytes(StandardCharsets.UTF_8);
  private static final byte[] REPLY = "20 TIGERS".getBytes(StandardCharsets.UTF_8);

  @Test
  @Tag("slow")
  void tenThousandRequestsAreInFlightAtOnceInHalfAGigabyte() throws Exception {
    assumeTrue(
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            && system.getMaxFileDescriptorCount() > CONNECTIONS + 1000,
        "needs descriptors for " + CONNECTIONS + " connections: ulimit -n");
    try (UpperProcess server =
        UpperProcess.ofClasses().jvm("-Xmx512m").start("-v", "-conf", config().encode())) {
      int port = server.awaitPort(Protocol.TCP);
      List<SocketChannel> clients = connect(port);
      for (SocketChannel client : clients) {
        client.write(ByteBuffer.wrap(REQUEST));
      }
      awaitReplies(clients);
      for (SocketChannel client : clients) {
        client.close();
      }
      server.signal("TERM");
      UpperProcess.Ended end = server.awaitEnd();

      assertEquals(0, end.status(), end.err());
      // A pool, or one after the other, would use a thread again.
      String thread = VIRTUAL ? "by=upper-connection-virtual-" : "by=upper-connection-";
      Pattern name = Pattern.compile(thread + "\\S+");
      assertEquals(
          CONNECTIONS,
          name.matcher(end.err()).results().map(MatchResult::group).distinct().count());
    }
  }

  /** Virtual threads are not counted; they cost little. */
  @Test
  void clientsThatConnectAndLeaveTakeNoThread() {
    Vertx vertx = Vertx.vertx();
    ConcurrencyModel model = new ThreadPerConnectionModel();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getTotalStartedThreadCount();
    for (int i = 0; i < 500; i++) {
      RecordedConversation client = new RecordedConversation(vertx);
      RequestHandler handler = model.handle(client);
      if (i % 2 == 0) {
        handler.end();
        assertEquals("finished", client.end().getNow("goes on"));
      }
      handler.cancel();
    }
    long started = threads.getTotalStartedThreadCount() - before;
    vertx.close().await();
    assertTrue(started < 100, "threads: " + started);
  }

  private static JsonObject config() {
    JsonObject off = new JsonObject().put("enabled", false);
    return new JsonObject()
        .put(
            "tcp",
            new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", 0)
                .put("model", "thread-per-connection"))
        .put("udp", off)
        .put("tls", off)
        .put("job", new JsonObject().put("kind", "sleep").put("millis", JOB_MILLIS));
  }

  /** At most as many at once as fit into the backlog. */
  private static List<SocketChannel> connect(int port) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    List<SocketChannel> clients = new ArrayList<>();
    while (clients.size() < CONNECTIONS) {
      clients.add(SocketChannel.open(address));
      if (clients.size() % CONNECTING_AT_ONCE == 0) {
        Thread.sleep(10);
      }
    }
    return clients;
  }

  private static void awaitReplies(List<SocketChannel> clients) throws Exception {
    try (Selector selector = Selector.open()) {
      for (SocketChannel client : clients) {
        client.configureBlocking(false);
        client.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(REPLY.length));
      }
      int answered = 0;
      while (answered < clients.size()) {
        assertTrue(selector.select(10L * JOB_MILLIS) > 0, "answered only " + answered);
        for (SelectionKey key : selector.selectedKeys()) {
          ByteBuffer reply = (ByteBuffer) key.attachment();
          assertTrue(((SocketChannel) key.channel()).read(reply) > 0, "closed");
          if (!reply.hasRemaining()) {
            assertEquals(ByteBuffer.wrap(REPLY), reply.flip());
            key.cancel();
            answered++;
          }
        }
        selector.selectedKeys().clear();
      }
    }
  }
}
