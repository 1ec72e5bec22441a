package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The PROXY protocol: haproxy.org, proxy-protocol.txt. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.DEBUG);

  private static JsonObject config() {
    return Servers.config("event-loop").put("proxyProtocol", true);
  }

  private static byte[] v2(String hex) {
    return HexFormat.of().parseHex(SIGNATURE + hex);
  }

  /** A header, and the client that is logged, or none for the peer itself. */
  static Stream<Arguments> headers() {
    byte[] v1 = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n".getBytes(US_ASCII);
    byte[] v2 = v2("21" + "11" + "000c" + "c0000207" + "c0000201" + "1267" + "01bb");
    byte[] v1OfIpv6 = "PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n".getBytes(US_ASCII);
    byte[] mapped = "PROXY TCP6 ::ffff:192.0.2.7 ::1 4711 443\r\n".getBytes(US_ASCII);
    byte[] unnamed = v2("21" + "31" + "00d8" + "00".repeat(216));
    String path = HexFormat.of().formatHex("/run/a\nb".getBytes(US_ASCII));
    byte[] unix = v2("21" + "31" + "00d8" + path + "00".repeat(216 - path.length() / 2));
    byte[] unknown = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
    byte[] local = v2("20" + "00" + "0000");
    return Servers.streams()
        .flatMap(
            protocol ->
                Stream.of(
                    Arguments.of("v1", protocol, v1, "192.0.2.7:4711"),
                    Arguments.of("v1, IPv6", protocol, v1OfIpv6, "[2001:db8::7]:4711"),
                    Arguments.of("v1, IPv4-mapped", protocol, mapped, "192.0.2.7:4711"),
                    Arguments.of("v2, no path", protocol, unnamed, "unix: disconnected"),
                    Arguments.of("v2, two lines", protocol, unix, "unix:/run/a?b disconnected"),
                    Arguments.of("v1 UNKNOWN", protocol, unknown, "127.0.0.1:"),
                    Arguments.of("v2", protocol, v2, "192.0.2.7:4711"),
                    Arguments.of("v2 LOCAL", protocol, local, "127.0.0.1:")));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("headers")
  void theClientBehindTheProxyIsServedAndNamed(
      String name, Protocol protocol, byte[] header, String client, VertxTestContext test) {
    servers
        .start(protocol, config())
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect(header)) {
                        assertEquals('A', Servers.Server.ask(socket, new byte[] {'a'})[0]);
                        socket.shutdownOutput();
                        assertEquals(-1, socket.getInputStream().read());
                      }
                      return log.await("disconnected");
                    }))
        .onComplete(
            test.succeeding(
                line ->
                    test.verify(
                        () -> {
                          assertTrue(line.startsWith(protocol.word() + " " + client), line);
                          test.completeNow();
                        })));
  }

  /** The header and the first request may come in one packet. */
  @Test
  void whatFollowsTheHeaderIsServed(VertxTestContext test) {
    servers
        .start(Protocol.TCP, config())
        .compose(
            server ->
                servers.client(
                    () -> {
                      ByteArrayOutputStream both = new ByteArrayOutputStream();
                      both.writeBytes("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n".getBytes(US_ASCII));
                      both.writeBytes("hello".getBytes(US_ASCII));
                      try (Socket socket = server.connect(both.toByteArray())) {
                        socket.shutdownOutput();
                        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("HELLO", reply);
                          test.completeNow();
                        })));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("no header", "hello, this is no header at all\r\n".getBytes(US_ASCII)),
        Arguments.of("a bad address", "PROXY TCP4 300.1.1.1 1.1.1.1 1 2\r\n".getBytes(US_ASCII)),
        // The specification allows it, Netty's decoder does not.
        Arguments.of("port 0", "PROXY TCP4 192.0.2.7 192.0.2.1 0 443\r\n".getBytes(US_ASCII)),
        Arguments.of("no end", ("PROXY TCP4 " + "1".repeat(200)).getBytes(US_ASCII)),
        Arguments.of("UDP", v2("21" + "12" + "000c" + "c0000207" + "c0000201" + "1267" + "01bb")),
        Arguments.of("a bad command", v2("2f" + "11" + "000c" + "00".repeat(12))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void aMalformedHeaderEndsTheConnectionOnly(String name, byte[] header, VertxTestContext test) {
    servers
        .start(Protocol.TCP, config())
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect(header)) {
                        assertEquals(-1, readEnd(socket));
                      }
                      log.await("tcp connection refused: its handshake failed");
                      try (Socket socket = server.connect("PROXY UNKNOWN\r\n".getBytes(US_ASCII))) {
                        return Servers.Server.ask(socket, new byte[] {'a'})[0];
                      }
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  private static int readEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException reset) {
      return -1;
    }
  }

  /** The stop does not wait for the rest of its header. */
  @Test
  void anUnfinishedHeaderDoesNotDelayTheStop(VertxTestContext test) {
    servers
        .start(Protocol.TCP, config().put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket slow = server.connect("PROXY TCP4 ".getBytes(US_ASCII));
                          Socket served = server.connect("PROXY UNKNOWN\r\n".getBytes(US_ASCII))) {
                        // It was accepted later, so the slow one has been accepted too.
                        Servers.Server.ask(served, new byte[] {'a'});
                        server.undeploy().await();
                        return readEnd(slow);
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
}
