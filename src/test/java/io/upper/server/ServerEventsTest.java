package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.Conversation;
import io.upper.model.RequestObserver;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers report while they serve; nothing, if nobody asks. */
@Timeout(120)
class ServerEventsTest {
  private static final JsonObject ANY_PORT =
      new JsonObject().put("host", "127.0.0.1").put("port", 0);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  /** Records each event as a word and the client. */
  private static final class Recorded implements ServerEvents, RequestObserver {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private volatile long arrived;

    @Override
    public RequestObserver requests() {
      return this;
    }

    @Override
    public void joined(Protocol server) {
      events.add("joined " + server.word());
    }

    @Override
    public void opened(String client) {
      events.add("opened " + client);
    }

    @Override
    public void closed(String client, String why) {
      events.add("closed " + client + " " + why);
    }

    @Override
    public void configured(String text) {
      events.add("configured " + text);
    }

    @Override
    public void arrived(Conversation conversation, int bytes) {
      arrived = conversation.arrived();
      events.add("arrived " + conversation.client() + " " + bytes);
    }

    @Override
    public void started(Conversation conversation, String worker, long read, long started) {
      assertEquals(arrived, read);
      assertTrue(started - read >= 0);
      events.add("started " + conversation.client());
    }

    @Override
    public void served(
        String client, String worker, int bytes, long read, long started, long ended) {
      assertEquals(arrived, read);
      events.add("served " + client + " " + bytes);
    }

    private void assertNext(String event) throws InterruptedException {
      assertEquals(event, events.poll(60, TimeUnit.SECONDS));
    }
  }

  private ServerGroup group() {
    return ServerGroup.of(vertx, ServerSettings.of(Protocol.UDP, ANY_PORT), false);
  }

  /** The path of a request then has no observer to call, and reads no clock. */
  @Test
  void withoutAReceiverThereIsNoObserver() {
    ServerGroup group = group();
    assertNull(group.events());
    assertNull(group.observer());
  }

  @Test
  void aReceiverAloneIsTheObserverItself() {
    Recorded recorded = new Recorded();
    ServerEvents.install(vertx, recorded);
    assertSame(recorded, group().observer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"iterative", "event-loop", "worker-pool", "thread-per-connection"})
  void aConnectionIsReportedInOrder(String model) throws Exception {
    Recorded recorded = new Recorded();
    ServerEvents.install(vertx, recorded);
    Server server = start(Protocol.TCP, model);
    recorded.assertNext("joined tcp");
    String client;
    try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
      client = "tcp 127.0.0.1:" + socket.getLocalPort();
      recorded.assertNext("opened " + client);
      socket.getOutputStream().write("abc".getBytes());
      recorded.assertNext("arrived " + client + " 3");
      recorded.assertNext("started " + client);
      recorded.assertNext("served " + client + " 3");
      assertEquals("ABC", new String(socket.getInputStream().readNBytes(3)));
    }
    recorded.assertNext("closed " + client + " client closed");
  }

  @Test
  void aDatagramIsReportedInOrder() throws Exception {
    Recorded recorded = new Recorded();
    ServerEvents.install(vertx, recorded);
    Server server = start(Protocol.UDP, "event-loop");
    recorded.assertNext("joined udp");
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      socket.send(
          new DatagramPacket(
              "abc".getBytes(), 3, InetAddress.getByName("127.0.0.1"), server.actualPort()));
      String client = "udp 127.0.0.1:" + socket.getLocalPort();
      recorded.assertNext("arrived " + client + " 3");
      recorded.assertNext("started " + client);
      recorded.assertNext("served " + client + " 3");
    }
  }

  private Server start(Protocol protocol, String model) throws Exception {
    return Server.start(vertx, ServerSettings.of(protocol, ANY_PORT.copy().put("model", model)))
        .await(60, TimeUnit.SECONDS);
  }
}
