package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server on a Unix domain socket: its file, its peers, its stop. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class UnixServerTest {
  private static final int CLIENTS = 50;

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines requests = new LogLines("upper.requests", Level.DEBUG);
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.DEBUG);
  @RegisterExtension final LogLines access = new LogLines("upper.access", Level.INFO);
  @TempDir private Path directory;

  @BeforeEach
  void needsANativeTransport() {
    assumeTrue(servers.vertx().isNativeTransportEnabled());
  }

  private Path path() {
    return directory.resolve("u.sock");
  }

  private JsonObject config() {
    return Servers.config("event-loop").put("path", path().toString());
  }

  private void assertServed() throws IOException {
    try (Socket client = UnixClient.connect(path())) {
      assertEquals('A', Servers.Server.ask(client, new byte[] {'a'})[0]);
    }
  }

  private Object peer() throws InterruptedException {
    access.await("connection");
    return access.events().get(access.events().size() - 1).getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("peer"))
        .findFirst()
        .orElseThrow()
        .value;
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "TLS"})
  void instancesShareThePathAndItsFileIsRemovedAtTheStop(Protocol protocol) throws Exception {
    Servers.Server server =
        servers.startInstances(protocol, 3, config().put("mode", "0600")).await();
    assertEquals(0, server.port());
    assertEquals(
        protocol.word() + " listening on unix:" + path() + " (3 instances, event-loop)",
        log.await(" listening on "));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Socket client = UnixClient.connect(path());
      clients.add(protocol == Protocol.TLS ? server.secure(client) : client);
      assertEquals('A', Servers.Server.ask(clients.get(i), new byte[] {'a'})[0]);
    }
    assertEquals(
        3, requests.events().stream().map(e -> e.getArgumentArray()[2]).distinct().count());
    for (Socket client : clients) {
      client.close();
    }
    server.undeploy().await();
    assertTrue(Files.notExists(path()));
  }

  @Test
  void aClientHasThePathOfTheServerUnlessItHasItsOwn() throws Exception {
    servers.start(Protocol.TCP, config().put("maxConnections", 1)).await();
    try (Socket client = UnixClient.connect(path())) {
      assertEquals('A', Servers.Server.ask(client, new byte[] {'a'})[0]);
      try (Socket refused = UnixClient.connect(path())) {
        assertEquals(-1, refused.getInputStream().read());
      }
      assertEquals("unix:" + path(), peer());
    }
    assertEquals("unix:" + path(), peer());
    Path own = directory.resolve("client.sock");
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.bind(UnixDomainSocketAddress.of(own));
      client.connect(UnixDomainSocketAddress.of(path()));
    }
    assertEquals("unix:" + own, peer());
  }

  @Test
  void aProxyHeaderNamesTheClient() throws Exception {
    servers.start(Protocol.TCP, config().put("proxyProtocol", true)).await();
    for (String header : List.of("TCP4 192.0.2.7 192.0.2.1 4711 443", "UNKNOWN")) {
      try (Socket client = UnixClient.connect(path())) {
        client.getOutputStream().write(("PROXY " + header + "\r\n").getBytes(US_ASCII));
        assertEquals('A', Servers.Server.ask(client, new byte[] {'a'})[0]);
      }
      assertEquals(header.equals("UNKNOWN") ? "unix:" + path() : "192.0.2.7:4711", peer());
    }
  }

  @Test
  void aFailedHandshakeNamesThePath() throws Exception {
    servers.start(Protocol.TLS, config()).await();
    try (Socket client = UnixClient.connect(path())) {
      client.getOutputStream().write("no TLS at all\n".getBytes(US_ASCII));
      client.getInputStream().readAllBytes();
    } catch (IOException reset) {
      // It may be one.
    }
    assertTrue(log.await("its handshake failed").contains("unix:" + path()), log.lines()::toString);
  }

  @Test
  void thePathOfALivingServerIsABusyAddress() throws Exception {
    servers.start(Protocol.TCP, config()).await();
    for (Protocol protocol : List.of(Protocol.TCP, Protocol.TLS)) {
      Future<?> second = servers.start(protocol, config());
      assertEquals(
          protocol.word() + " cannot listen on unix:" + path() + ": Address already in use",
          assertThrows(IllegalStateException.class, second::await).getMessage());
      assertServed();
    }
  }

  @Test
  void aMissingDirectoryFailsTheStart() {
    JsonObject config = config().put("path", directory + "/none/u.sock");
    assertEquals(
        "tcp cannot listen on unix:" + directory + "/none/u.sock: No such file or directory",
        assertThrows(IllegalStateException.class, () -> servers.start(Protocol.TCP, config).await())
            .getMessage());
  }

  /** Each gets its reply, or finds no file: that is removed before the last of them is accepted. */
  @Test
  void clientsThatConnectDuringTheStopAreAnsweredOrFindNoFile() throws Exception {
    CountDownLatch served = new CountDownLatch(CLIENTS);
    Servers.Server server = servers.startInstances(Protocol.TCP, 3, config()).await();
    List<Future<Void>> clients =
        IntStream.range(0, 8)
            .mapToObj(i -> servers.client(() -> comeAgainAndAgain(served)))
            .toList();
    served.await();
    server.undeploy().await();
    Future.all(clients).await();
    assertTrue(Files.notExists(path()));
  }

  private Void comeAgainAndAgain(CountDownLatch served) throws IOException {
    while (true) {
      Socket client;
      try {
        client = UnixClient.connect(path());
      } catch (ConnectException refused) {
        throw refused;
      } catch (SocketException none) {
        return null;
      }
      try (client) {
        assertEquals(5, Servers.Server.ask(client, "hello".getBytes(US_ASCII)).length);
        served.countDown();
      }
    }
  }

  /** With NIO a client that half-closes would lose the replies in flight. */
  @Test
  void nioIsRefused() throws Exception {
    Servers nio = new Servers(TransportKind.NIO);
    nio.beforeEach(null);
    try {
      assertEquals(
          "tcp cannot listen on unix:" + path() + ": a path needs a native transport",
          assertThrows(IllegalStateException.class, () -> nio.start(Protocol.TCP, config()).await())
              .getMessage());
    } finally {
      nio.afterEach(null);
    }
  }
}
