package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.model.*;
import io.vertx.core.Future;
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

/** Instances multiply the event loops, and share one port. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class InstancesTest {
  private static final int INSTANCES = 4;
  private static final int CLIENTS = 40;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines requests = new LogLines("upper.requests", Level.DEBUG);
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.INFO);

  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#streams")
  void everyEventLoopHoldsAsManyConnections(Protocol protocol, VertxTestContext test) {
    servers
        .startInstances(protocol, INSTANCES, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      List<Socket> sockets = new ArrayList<>();
                      for (int i = 0; i < CLIENTS; i++) {
                        sockets.add(server.connect());
                      }
                      for (Socket socket : sockets) {
                        Servers.Server.ask(socket, "hello".getBytes(US_ASCII));
                        socket.close();
                      }
                      return requestsByThread();
                    }))
        .onComplete(
            test.succeeding(
                byThread ->
                    test.verify(
                        () -> {
                          assertEquals(INSTANCES, byThread.size(), byThread.toString());
                          byThread.values().forEach(n -> assertEquals(CLIENTS / INSTANCES, n));
                          assertTrue(log.lines().get(0).contains("(4 instances, event-loop)"));
                          test.completeNow();
                        })));
  }

  /**
   * The kernel distributes by sender: 40 on one of 4 sockets has probability 4 to the power of -39.
   */
  @Test
  void datagramsAreServedByMoreThanOneEventLoop(VertxTestContext test) {
    servers
        .startInstances(Protocol.UDP, INSTANCES, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      for (int i = 0; i < CLIENTS; i++) {
                        assertArrayEquals(new byte[] {'A'}, UdpTest.ask(server, new byte[] {'a'}));
                      }
                      return requestsByThread();
                    }))
        .onComplete(
            test.succeeding(
                byThread ->
                    test.verify(
                        () -> {
                          assertTrue(byThread.size() > 1, byThread.toString());
                          test.completeNow();
                        })));
  }

  private Map<Object, Integer> requestsByThread() {
    return requests.events().stream()
        .collect(Collectors.toMap(event -> event.getArgumentArray()[2], event -> 1, Integer::sum));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.EnumSource(Protocol.class)
  void aPortInUseFailsTheStartInOneLine(Protocol protocol, VertxTestContext test) {
    servers
        .start(protocol, Servers.config("event-loop"))
        .compose(
            server ->
                servers
                    .startInstances(
                        protocol, 2, Servers.config("event-loop").put("port", server.port()))
                    .map(second -> server)
                    .transform(result -> Future.succeededFuture(Map.entry(server, result))))
        .onComplete(
            test.succeeding(
                outcome ->
                    test.verify(
                        () -> {
                          Throwable cause = outcome.getValue().cause();
                          assertNotNull(cause, "a second server has started");
                          String message = cause.getMessage();
                          assertTrue(
                              message.startsWith(
                                  "%s cannot listen on 127.0.0.1:%d: "
                                      .formatted(protocol.word(), outcome.getKey().port())),
                              message);
                          assertEquals(1, message.lines().count());
                          test.completeNow();
                        })));
  }
}
