package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All output names a client the same, by RFC 5952. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 180, timeUnit = TimeUnit.SECONDS)
class AddressTextTest {
  private static final String HOST = "::1";

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines requests = new LogLines("upper.requests", Level.DEBUG);
  @RegisterExtension final LogLines access = new LogLines("upper.access", Level.INFO);
  @RegisterExtension final LogLines log = new LogLines("io.upper", Level.DEBUG);

  @BeforeEach
  void needsIpv6() throws IOException {
    assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName(HOST)) != null, "IPv6");
  }

  @ParameterizedTest
  @EnumSource
  void ofAClientOverIpv6(Protocol protocol, VertxTestContext test) {
    JsonObject config = Servers.config("event-loop").put("host", HOST).put("maxConnections", 1);
    if (protocol == Protocol.UDP) {
      config.remove("maxConnections");
    }
    servers
        .start(protocol, config)
        .compose(
            server ->
                servers.client(
                    () -> {
                      log.await(" listening on [::1]:" + server.port());
                      InetSocketAddress address = new InetSocketAddress(HOST, server.port());
                      String client =
                          protocol == Protocol.UDP ? askUdp(address) : ask(server, address);
                      assertEquals(
                          protocol.word() + " " + client,
                          requests.events().get(0).getArgumentArray()[0]);
                      return null;
                    }))
        .onComplete(test.succeedingThenComplete());
  }

  private String askUdp(InetSocketAddress address) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(Servers.PATIENCE_MILLIS);
      socket.send(new DatagramPacket(new byte[1], 1, address));
      socket.receive(new DatagramPacket(new byte[1], 1));
      return "[::1]:" + socket.getLocalPort();
    }
  }

  private String ask(Servers.Server server, InetSocketAddress address) throws Exception {
    try (Socket plain = connect(address)) {
      Socket socket = server.protocol() == Protocol.TLS ? server.secure(plain) : plain;
      Servers.Server.ask(socket, new byte[] {'a'});
      String client = "[::1]:" + plain.getLocalPort();
      try (Socket second = connect(address)) {
        assertEquals(-1, second.getInputStream().read());
        access.await("connection");
        assertEquals("[::1]:" + second.getLocalPort(), peer(0));
      }
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
      access.await("connection");
      assertEquals(client, peer(1));
      log.await(server.protocol().word() + " " + client + " disconnected");
      return client;
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(Servers.PATIENCE_MILLIS);
    socket.connect(address, Servers.PATIENCE_MILLIS);
    return socket;
  }

  private Object peer(int event) {
    return access.events().get(event).getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("peer"))
        .findFirst()
        .orElseThrow()
        .value;
  }
}
