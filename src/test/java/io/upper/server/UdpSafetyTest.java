package io.upper.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.service.Service;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import io.vertx.core.json.JsonArray;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Datagrams that must not be answered, since their source may be forged. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class UdpSafetyTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.INFO);

  /** Like a forged one it names a socket that would answer, though here it is genuine. */
  @Test
  void aDatagramFromTheServersOwnPortIsDropped(VertxTestContext test) {
    servers
        .start(Protocol.UDP, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      InetSocketAddress twin = new InetSocketAddress("127.0.0.2", server.port());
                      try (DatagramSocket socket = new DatagramSocket(twin)) {
                        assertUnanswered(socket, server);
                      }
                      return log.await("has the server's own port");
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  @Test
  void aDatagramFromALowPortIsDropped(VertxTestContext test) {
    servers
        .start(Protocol.UDP, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = lowPort()) {
                        assertUnanswered(socket, server);
                        return log.await("is a port below 1024");
                      }
                    }))
        .onComplete(
            test.succeeding(
                line ->
                    test.verify(
                        () -> {
                          assertTrue(
                              line.startsWith("udp datagram dropped: its source 127.0.0.1:"));
                          test.completeNow();
                        })));
  }

  private static DatagramSocket lowPort() throws IOException {
    for (int port = 1_023; port > 0; port--) {
      try {
        return new DatagramSocket(new InetSocketAddress("127.0.0.1", port));
      } catch (BindException e) {
        // In use, or reserved for root.
        Assumptions.assumeFalse(
            e.getMessage().startsWith("Permission denied"), "low ports need root");
      }
    }
    throw new IOException("no low port is free");
  }

  /** Once a later datagram is answered, this one would have been too. */
  private static void assertUnanswered(DatagramSocket socket, Servers.Server server)
      throws IOException {
    byte[] request = {'a'};
    socket.send(new DatagramPacket(request, request.length, server.address()));
    assertArrayEquals(new byte[] {'A'}, UdpTest.ask(server, request));
    socket.setSoTimeout(1);
    assertThrows(
        SocketTimeoutException.class, () -> socket.receive(new DatagramPacket(new byte[1], 1)));
  }

  @Test
  void aSourceThatExceedsTheRateIsLimitedAndAnotherIsServed(VertxTestContext test) {
    servers
        .start(
            Protocol.UDP,
            Servers.config("event-loop").put("ratePerSource", 1).put("burstPerSource", 3))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket greedy = new DatagramSocket();
                          DatagramSocket other =
                              new DatagramSocket(
                                  new InetSocketAddress(InetAddress.getByName("127.0.0.3"), 0))) {
                        greedy.setSoTimeout(Servers.PATIENCE_MILLIS);
                        other.setSoTimeout(Servers.PATIENCE_MILLIS);
                        for (int i = 0; i < 50; i++) {
                          greedy.send(new DatagramPacket(new byte[] {'a'}, 1, server.address()));
                        }
                        for (int i = 0; i < 3; i++) {
                          assertArrayEquals(new byte[] {'A'}, UdpTest.receive(greedy));
                        }
                        other.send(new DatagramPacket(new byte[] {'b'}, 1, server.address()));
                        assertArrayEquals(new byte[] {'B'}, UdpTest.receive(other));
                        log.await("127.0.0.1 sends more than 1 a second");
                        return log.await("more for rate");
                      }
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** A child process may write anything. */
  @Test
  void aReplyLongerThanThreeTimesItsRequestIsDropped(VertxTestContext test) throws IOException {
    Path filter = Files.createTempFile("upper-filter", ".sh");
    filter.toFile().deleteOnExit();
    Files.writeString(filter, "#!/bin/sh\ncat\nprintf XXX\n");
    assertTrue(filter.toFile().setExecutable(true));
    servers
        .start(
            Protocol.UDP,
            Servers.config("process-per-connection")
                .put("command", new JsonArray().add(filter.toString())))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = UdpTest.connect(server)) {
                        socket.send(new DatagramPacket(new byte[] {'a'}, 1));
                        log.await("a reply of 4 bytes to a request of 1");
                        socket.send(new DatagramPacket(new byte[] {'a', 'b'}, 2));
                        return new String(UdpTest.receive(socket), UTF_8);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("abXXX", reply);
                          test.completeNow();
                        })));
  }

  /** The limit is tight: the uppercase of U+0390 is three characters of two bytes each. */
  @Test
  void noCodePointGrowsMoreThanThreeTimes() {
    int most = 0;
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        byte[] request = Character.toString(codePoint).getBytes(UTF_8);
        int length = uppercaseLength(request);
        assertTrue(
            length <= DatagramReplies.MAX_GROWTH * request.length,
            Integer.toHexString(codePoint) + " grows to " + length);
        most = Math.max(most, length / request.length);
      }
    }
    assertEquals(DatagramReplies.MAX_GROWTH, most);
  }

  private static int uppercaseLength(byte[] request) {
    return Service.reply(Uppercase.of(TextCharset.UTF_8), request).length;
  }
}
