package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.handler.ssl.OpenSsl;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where another version of Vert.x or Netty lacks a hook, the server serves all the same. */
@Timeout(120)
class HookTest {
  private static final byte[] REQUEST = {'x'};
  private static final byte[] REPLY = {'X'};

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines lines = new LogLines("io.upper.server", Level.WARN);

  private static Stream<Arguments> hooks() {
    return Stream.of(
        Arguments.of(ListeningChannel.HOOK, Protocol.TCP),
        Arguments.of(ListeningChannel.HOOK, Protocol.TLS),
        Arguments.of(HalfClose.SET_FLAG, Protocol.TCP),
        Arguments.of(HandshakeTimeout.SHUTDOWN_EVENT, Protocol.TLS),
        Arguments.of(OpenSslHalfClose.RECEIVED_SHUTDOWN, Protocol.TLS));
  }

  @ParameterizedTest
  @MethodSource("hooks")
  <T> void withoutOneTheServerServesAndSaysWhatIsWeaker(Hook<T> hook, Protocol protocol)
      throws Exception {
    assumeTrue(hook != OpenSslHalfClose.RECEIVED_SHUTDOWN || OpenSsl.isAvailable(), "no OpenSSL");
    assumeTrue(hook != HalfClose.SET_FLAG || servers.usesEpoll(), "it is for epoll");
    T found = hook.get();
    assertFalse(hook.isMissing(), "the build's versions have it");
    hook.replace(null);
    try {
      String weakness = protocol.word() + ": " + hook.weakness().findFirst().orElseThrow();
      JsonObject config = new JsonObject().put("drainSeconds", 1);
      Servers.Server server = servers.startInstances(protocol, 2, config).await();
      try (Socket client = server.connect()) {
        assertArrayEquals(REPLY, Servers.Server.ask(client, REQUEST));
        client.shutdownOutput();
        assertEquals(-1, client.getInputStream().read());
      }
      // In its handshake, or idle.
      try (Socket waiting = new Socket(server.address().getAddress(), server.port())) {
        server.undeploy().await();
      }
      assertEquals(
          1, lines.lines().stream().filter(weakness::equals).count(), lines.lines()::toString);
    } finally {
      hook.replace(found);
    }
  }

  @Test
  void withoutTheListeningChannelConnectionsAreStillLimited() throws Exception {
    ListeningChannel found = ListeningChannel.HOOK.get();
    ListeningChannel.HOOK.replace(null);
    try {
      JsonObject config = new JsonObject().put("maxConnections", 1);
      Servers.Server server = servers.start(Protocol.TCP, config).await();
      try (Socket first = server.connect()) {
        assertArrayEquals(REPLY, Servers.Server.ask(first, REQUEST));
        try (Socket second = server.connect()) {
          assertEquals(-1, second.getInputStream().read());
        }
      }
      lines.await("more than 1 are open");
    } finally {
      ListeningChannel.HOOK.replace(found);
    }
  }

  @Test
  void aLookupThatFailsInAnyWayIsAMissingHook() {
    List<Hook.Lookup<Object>> lookups =
        List.of(
            () -> String.class.getDeclaredField("noSuchField"),
            () -> {
              throw new NoClassDefFoundError("not on the class path");
            },
            () -> {
              throw new IllegalStateException("a module does not open it");
            });
    for (Hook.Lookup<Object> lookup : lookups) {
      Hook<Object> hook = Hook.find("weaker", lookup);
      assertTrue(hook.isMissing());
      assertEquals(List.of("weaker"), hook.weakness().toList());
    }
  }
}
