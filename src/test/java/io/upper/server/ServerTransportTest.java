package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.vertx.core.transport.Transport;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class ServerTransportTest {
  // Where the kernel forbids io_uring, its test is skipped.
  @RegisterExtension
  final Servers ringServers =
      new Servers(
          Transport.IO_URING != null && Transport.IO_URING.available()
              ? TransportKind.IO_URING
              : TransportKind.NIO);

  @Test
  void theTransportOfAnotherSystemIsRefused() {
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    TransportKind other = mac ? TransportKind.EPOLL : TransportKind.KQUEUE;
    String refusal =
        assertThrows(ConfigurationException.class, () -> ServerTransport.of(other)).getMessage();
    String start = "/transport: \"" + other.word() + "\" is not available here: ";
    assertTrue(refusal.startsWith(start), refusal);
    assertEquals(1, refusal.lines().count());
  }

  @Test
  void autoIsTheNativeTransportOfTheSystem() {
    Transport nativeTransport = Transport.nativeTransport();
    assumeTrue(nativeTransport != null, "no native transport");
    assertEquals(nativeTransport, ServerTransport.of(TransportKind.AUTO));
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void ioUringServesEveryProtocol(Protocol protocol, VertxTestContext test) {
    assumeTrue(Transport.IO_URING != null && Transport.IO_URING.available(), "no io_uring here");
    ringServers
        .start(protocol, Servers.config("event-loop", 50))
        .compose(
            server ->
                ringServers.client(
                    () -> {
                      if (protocol == Protocol.UDP) {
                        return UdpTest.ask(server, "hello".getBytes(US_ASCII));
                      }
                      try (Socket socket = server.connect()) {
                        socket.getOutputStream().write("hello".getBytes(US_ASCII));
                        socket.shutdownOutput();
                        return socket.getInputStream().readAllBytes();
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertArrayEquals("HELLO".getBytes(US_ASCII), reply);
                          test.completeNow();
                        })));
  }
}
