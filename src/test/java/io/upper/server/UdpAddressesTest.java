package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a wildcard address, a reply leaves from the address that the request was sent to. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 180, timeUnit = TimeUnit.SECONDS)
class UdpAddressesTest {
  // All but the first are not listed as an interface's address.
  private static final List<String> ASKED = List.of("127.0.0.1", "127.0.0.2", "127.1.2.3");
  private static final int CLIENTS = 8;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final Servers nioServers = new Servers(TransportKind.NIO);
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.INFO);

  private static JsonObject config(String host, int millis) {
    return Servers.config("worker-pool", millis).put("host", host);
  }

  /** Sends a text from a new port; returns the source of the reply, and the reply. */
  private static String ask(String address, int port, String text) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(Servers.PATIENCE_MILLIS);
      socket.send(
          new DatagramPacket(
              text.getBytes(US_ASCII), text.length(), new InetSocketAddress(address, port)));
      DatagramPacket reply = new DatagramPacket(new byte[100], 100);
      socket.receive(reply);
      return reply.getAddress().getHostAddress()
          + " "
          + reply.getPort()
          + " "
          + new String(reply.getData(), 0, reply.getLength(), US_ASCII);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0, 1, 0", "'::', 1, 5", "0.0.0.0, 3, 1", "'::', 3, 0"})
  void aReplyLeavesFromTheAddressOfTheRequest(
      String host, int instances, int millis, VertxTestContext test) {
    assumeTrue(servers.usesEpoll(), "other transports do not tell the address");
    servers
        .startInstances(Protocol.UDP, instances, config(host, millis))
        .compose(
            server ->
                servers.client(
                    () -> {
                      List<String> expected = new ArrayList<>();
                      List<String> replies = new ArrayList<>();
                      for (String address : ASKED) {
                        for (int client = 0; client < CLIENTS; client++) {
                          String text = client == 0 ? "" : "hello";
                          expected.add(address + " " + server.port() + " " + text.toUpperCase());
                          replies.add(ask(address, server.port(), text));
                        }
                      }
                      assertEquals(expected, replies);
                      // All its sockets are closed: the port is free again.
                      server.undeploy().await();
                      return servers
                          .start(Protocol.UDP, config(host, 0).put("port", server.port()))
                          .await();
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  @Test
  void aMissingGuaranteeIsLoggedAtTheStart(VertxTestContext test) {
    nioServers
        .start(Protocol.UDP, config("0.0.0.0", 0))
        .onComplete(
            test.succeeding(
                server ->
                    test.verify(
                        () -> {
                          log.await("udp replies leave from the address that routing prefers");
                          test.completeNow();
                        })));
  }
}
