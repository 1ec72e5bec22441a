package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.upper.model.*;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each datagram is answered whole by one datagram. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class UdpTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final Servers nioServers = new Servers(TransportKind.NIO);
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.INFO);

  static DatagramSocket connect(Servers.Server server) throws IOException {
    DatagramSocket socket = new DatagramSocket();
    socket.setSoTimeout(Servers.PATIENCE_MILLIS);
    socket.connect(server.address());
    return socket;
  }

  static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(reply);
    return Arrays.copyOf(reply.getData(), reply.getLength());
  }

  static byte[] ask(Servers.Server server, byte[] request) throws IOException {
    // Not connected, or the JDK would not send an empty datagram.
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(Servers.PATIENCE_MILLIS);
      socket.send(new DatagramPacket(request, request.length, server.address()));
      return receive(socket);
    }
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#models")
  void datagramsOfAnyLengthAreAnsweredWhole(String model, VertxTestContext test) {
    answerWhole(servers, Servers.config(model), test);
  }

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#models")
  void datagramsOfAnyLengthAreAnsweredWholeAfterAJob(String model, VertxTestContext test) {
    answerWhole(servers, Servers.config(model, 1), test);
  }

  @Test
  void datagramsOfAnyLengthAreAnsweredWholeWithoutNativeTransport(VertxTestContext test) {
    answerWhole(nioServers, Servers.config("event-loop"), test);
  }

  private static void answerWhole(Servers servers, JsonObject config, VertxTestContext test) {
    servers
        .start(Protocol.UDP, config)
        .compose(
            server ->
                servers.client(
                    () -> {
                      for (int length : new int[] {0, 1, 2048, 2049, 65_507}) {
                        byte[] request = "a".repeat(length).getBytes(US_ASCII);
                        byte[] upper = "A".repeat(length).getBytes(US_ASCII);
                        assertArrayEquals(upper, ask(server, request), "length " + length);
                      }
                      HexFormat hex = HexFormat.of();
                      assertEquals("41e298", hex.formatHex(ask(server, hex.parseHex("61e298"))));
                      return null;
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  /** The letter's uppercase is two letters: three bytes instead of two. */
  @Test
  void aReplyThatDoesNotFitIsDropped(VertxTestContext test) {
    byte[] growing = "\u0149".repeat(32_753).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    servers
        .start(Protocol.UDP, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = connect(server)) {
                        socket.send(new DatagramPacket(growing, growing.length));
                        log.await("a reply of 98259 bytes does not fit");
                        socket.send(new DatagramPacket(new byte[] {'a'}, 1));
                        return receive(socket);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertArrayEquals(new byte[] {'A'}, reply);
                          test.completeNow();
                        })));
  }

  @Test
  void moreThanMaxPendingAreDropped(VertxTestContext test) {
    servers
        .start(Protocol.UDP, Servers.config("event-loop", 200).put("maxPending", 2))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (DatagramSocket socket = connect(server)) {
                        for (int i = 0; i < 3; i++) {
                          socket.send(new DatagramPacket(new byte[] {(byte) ('a' + i)}, 1));
                        }
                        log.await("more than 2 are pending");
                        String replies = new String(receive(socket), US_ASCII);
                        replies += new String(receive(socket), US_ASCII);
                        socket.send(new DatagramPacket(new byte[] {'d'}, 1));
                        return replies + new String(receive(socket), US_ASCII);
                      }
                    }))
        .onComplete(
            test.succeeding(
                replies ->
                    test.verify(
                        () -> {
                          assertEquals("ABD", replies);
                          test.completeNow();
                        })));
  }

  @Test
  void withoutNativeTransportOneSocketServesAndSaysSo(VertxTestContext test) {
    nioServers
        .startInstances(Protocol.UDP, 4, Servers.config("event-loop"))
        .compose(server -> nioServers.client(() -> ask(server, new byte[] {'a'})))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertArrayEquals(new byte[] {'A'}, reply);
                          assertEquals(
                              List.of(Level.WARN),
                              log.events().stream()
                                  .filter(event -> event.getMessage().contains("native transport"))
                                  .map(ILoggingEvent::getLevel)
                                  .toList());
                          test.completeNow();
                        })));
  }
}
