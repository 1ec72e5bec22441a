package io.upper.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
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

/** Networks lose, duplicate and delay datagrams; here the server does it on purpose. */
@Timeout(180)
class DatagramClientTest {
  private Vertx vertx;
  private DatagramSocket server;
  private int port;
  private UpperClient client;

  @BeforeEach
  void open() throws IOException {
    vertx = Vertx.vertx();
    server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    server.setSoTimeout(60_000);
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
        Protocol.UDP, host, port, "", false, ConfiguredService.of(new Uppercase()), timeoutSeconds);
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

  private static String reply(CompletableFuture<String> reply) throws Exception {
    return reply.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aLostRequestIsRetransmitted() throws Exception {
    CompletableFuture<String> reply = ask("a");
    receive("a"); // lost
    reply(server, receive("a"), "A");
    assertEquals("A", reply(reply));
  }

  @Test
  void aDuplicateReplyCompletesOneRequest() throws Exception {
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
  void aWrongReplyIsReturned() throws Exception {
    CompletableFuture<String> reply = ask("a");
    reply(server, receive("a"), "wrong");
    assertEquals("wrong", reply(reply));
  }

  @Test
  void aDatagramFromAnotherSenderIsIgnored() throws Exception {
    CompletableFuture<String> reply = ask("a");
    DatagramPacket request = receive("a");
    try (DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      reply(stranger, request, "X");
    }
    reply(server, request, "A");
    assertEquals("A", reply(reply));
  }

  @Test
  void threeUnansweredAttemptsAreAnError() throws Exception {
    CompletableFuture<String> reply = ask("a");
    for (int i = 0; i < 3; i++) {
      receive("a");
    }
    fails("no reply to 3 datagrams of 1 byte (\"a\"), 1 s each", reply);
    CompletableFuture<String> next = ask("b");
    DatagramPacket request = receive("b");
    reply(server, request, "A"); // too late
    reply(server, request, "B");
    assertEquals("B", reply(next));
  }

  @Test
  void aTextTooLongForADatagramIsAnError() throws Exception {
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
    CompletableFuture<String> reply = ask("");
    reply(server, receive(""), "");
    assertEquals("", reply(reply));
  }

  @Test
  void closingEndsARequest() throws Exception {
    CompletableFuture<String> reply = ask("a");
    receive("a");
    client.close().await();
    fails("the client is closed", reply);
  }

  @Test
  void theWildcardAddressReachesALocalServer() throws Exception {
    client.close().await();
    client = UpperClient.open(vertx, settings("0.0.0.0")).await();
    CompletableFuture<String> reply = ask("a");
    reply(server, receive("a"), "A");
    assertEquals("A", reply(reply));
  }

  private void fails(String reason, CompletableFuture<String> reply) {
    Throwable failure = assertThrows(Throwable.class, () -> reply(reply)).getCause();
    assertEquals("udp localhost:" + port + ": " + reason, failure.getMessage());
  }
}
