package io.upper.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.config.Protocol;
import io.upper.text.TextCharset;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The network loses, repeats and delays datagrams; here a server does, on purpose. */
@Timeout(30)
class DatagramClientTest {
  private Vertx vertx;
  private DatagramSocket server;
  private int port;
  private UpperClient client;

  @BeforeEach
  void open() throws IOException {
    vertx = Vertx.vertx();
    server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    server.setSoTimeout(20_000);
    port = server.getLocalPort();
    client = UpperClient.open(vertx, settings("localhost")).await();
  }

  @AfterEach
  void close() {
    client.close().await();
    server.close();
    vertx.close().await();
  }

  private ClientSettings settings(String host) {
    return settings(host, 1);
  }

  private ClientSettings settings(String host, int timeoutSeconds) {
    return new ClientSettings(
        Protocol.UDP, host, port, "", false, TextCharset.UTF_8, timeoutSeconds);
  }

  private CompletableFuture<String> ask(String text) {
    return client.ask(text).toCompletionStage().toCompletableFuture();
  }

  private DatagramPacket receive(String expected) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    server.receive(packet);
    assertEquals(expected, new String(packet.getData(), 0, packet.getLength(), UTF_8));
    return packet;
  }

  private static void reply(DatagramSocket from, DatagramPacket request, String text)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    from.send(new DatagramPacket(bytes, bytes.length, request.getSocketAddress()));
  }

  private static String reply(CompletableFuture<String> asked) throws Exception {
    return asked.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aLostRequestIsSentAgain() throws Exception {
    CompletableFuture<String> asked = ask("a");
    receive("a"); // lost
    reply(server, receive("a"), "A");
    assertEquals("A", reply(asked));
  }

  @Test
  void aReplyThatComesTwiceAnswersOneRequest() throws Exception {
    CompletableFuture<String> first = ask("a");
    DatagramPacket request = receive("a");
    reply(server, request, "A");
    assertEquals("A", reply(first));
    CompletableFuture<String> second = ask("b");
    receive("b");
    reply(server, request, "A");
    reply(server, request, "B");
    assertEquals("B", reply(second));
    CompletableFuture<String> third = ask("a");
    receive("a");
    reply(server, request, "B");
    reply(server, request, "A");
    assertEquals("A", reply(third));
  }

  @Test
  void aWrongReplyIsHandedOver() throws Exception {
    CompletableFuture<String> asked = ask("a");
    reply(server, receive("a"), "wrong");
    assertEquals("wrong", reply(asked));
  }

  @Test
  void aStrangersDatagramIsNoReply() throws Exception {
    CompletableFuture<String> asked = ask("a");
    DatagramPacket request = receive("a");
    try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      reply(stranger, request, "X");
    }
    reply(server, request, "A");
    assertEquals("A", reply(asked));
  }

  @Test
  void threeTriesWithoutReplyAreAnError() throws Exception {
    CompletableFuture<String> asked = ask("a");
    for (int i = 0; i < 3; i++) {
      receive("a");
    }
    fails("no reply to 3 datagrams of 1 byte (\"a\"), 1 s each", asked);
    CompletableFuture<String> next = ask("b");
    DatagramPacket request = receive("b");
    reply(server, request, "A"); // too late
    reply(server, request, "B");
    assertEquals("B", reply(next));
  }

  @Test
  void aTextThatNoDatagramHoldsIsAnErrorOfItsOwn() throws Exception {
    fails("Message too long", ask("x".repeat(65_508)));
    CompletableFuture<String> next = ask("b");
    reply(server, receive("b"), "B");
    assertEquals("B", reply(next));
  }

  @Test
  void aClosedPortIsAnErrorAtOnce() throws Exception {
    client.close().await();
    client = UpperClient.open(vertx, settings("localhost", 3_600)).await();
    server.close();
    fails("port unreachable: nothing listens there", ask("a"));
    fails("port unreachable: nothing listens there", ask("b"));
  }

  @Test
  void anEmptyTextIsAnEmptyDatagram() throws Exception {
    CompletableFuture<String> asked = ask("");
    reply(server, receive(""), "");
    assertEquals("", reply(asked));
  }

  @Test
  void closingEndsARequest() throws Exception {
    CompletableFuture<String> asked = ask("a");
    receive("a");
    client.close().await();
    fails("the client was closed", asked);
  }

  @Test
  void aServerOnAllAddressesMayBeAskedThere() throws Exception {
    client.close().await();
    client = UpperClient.open(vertx, settings("0.0.0.0")).await();
    CompletableFuture<String> asked = ask("a");
    reply(server, receive("a"), "A");
    assertEquals("A", reply(asked));
  }

  private void fails(String reason, CompletableFuture<String> asked) {
    Throwable failure = assertThrows(Throwable.class, () -> reply(asked)).getCause();
    assertEquals("udp localhost:" + port + ": " + reason, failure.getMessage());
  }
}
