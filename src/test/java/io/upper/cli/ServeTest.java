package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.upper.UpperProcess;
import io.upper.config.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code upper serve} and {@code upper run} as processes: start, serve, stop. */
@Tag("one-jdk")
@Timeout(120)
class ServeTest {
  private static final String FREE_PORTS =
      "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": 0}}";
  private static final String ONLY_TCP =
      "{\"tcp\": {\"port\": %d}, \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}%s}";
  private static final int CLIENTS = 50;

  @TempDir private Path directory;

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory).withCertificate();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static String read(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), UTF_8);
  }

  private static void ask(Socket socket) throws IOException {
    write(socket, "hello");
    assertEquals("HELLO", read(socket, 5));
  }

  private static UpperProcess.Ended stop(UpperProcess server)
      throws IOException, InterruptedException {
    server.signal("TERM");
    return server.awaitEnd();
  }

  private static int count(String part, String text) {
    return text.split(part, -1).length - 1;
  }

  /** What an embedder's program has to set is set, or the server would warn. */
  @Test
  void aClientMayNotRenegotiate() throws Exception {
    String conf = "{\"tls\": {\"port\": 0, \"engine\": \"jdk\"}, \"udp\": {\"enabled\": false}}";
    try (UpperProcess server =
        upper().environment("UPPER_TCP_ENABLED", "false").start("-conf", conf)) {
      server.awaitPort(Protocol.TLS);
      assertFalse(stop(server).out().contains("renegotiate"));
    }
  }

  @Test
  void instancesAreThoseOfEveryServerAndTheMainVerticleIsDeployedOnce() throws Exception {
    try (UpperProcess server = upper().start("serve", "-conf", FREE_PORTS, "-instances", "3")) {
      for (Protocol protocol : Protocol.values()) {
        server.awaitPort(protocol);
      }
      UpperProcess.Ended ended = stop(server);
      assertEquals("", ended.err());
      assertEquals(0, ended.status());
      assertEquals(1, count("transport: ", ended.out()), ended.out());
      assertEquals(3, count(" listening on ", ended.out()), ended.out());
      assertEquals(2, count("(?:tcp|tls).*\\(3 instances, event-loop\\)", ended.out()));
    }
  }

  @Test
  void theLaterSourceWins() throws Exception {
    String conf = "{\"port\": 0, \"instances\": 2, \"model\": \"event-loop\"}";
    UpperProcess.Builder upper =
        upper()
            .environment("UPPER_UDP_ENABLED", "false")
            .environment("UPPER_TLS_ENABLED", "false")
            .environment("UPPER_TCP_MODEL", "iterative")
            .environment("UPPER_TCP_INSTANCES", "3")
            .jvm("-Dupper.tcp.instances=4");
    try (UpperProcess server = upper.start("-conf", "{\"tcp\": " + conf + "}")) {
      assertTrue(server.awaitPort(Protocol.TCP) != 2000);
      UpperProcess.Ended ended = stop(server);
      assertTrue(ended.out().endsWith(" (4 instances, iterative)\n"), ended.out());
      assertEquals(1, count(" listening on ", ended.out()), ended.out());
    }
  }

  @Test
  void runServesOnePortWithAllInstancesOfAVerticle() throws Exception {
    try (UpperProcess server =
        upper()
            .start(
                "run",
                "io.upper.server.TcpServerVerticle",
                "-conf",
                "{\"port\":0}",
                "-instances",
                "2",
                "-v")) {
      int port = server.awaitPort(Protocol.TCP);
      for (int i = 0; i < 4; i++) {
        try (Socket socket = connect(port)) {
          ask(socket);
        }
      }
      UpperProcess.Ended ended = stop(server);
      assertEquals(0, ended.status());
      assertTrue(ended.out().contains("(2 instances, event-loop)"), ended.out());
      long threads =
          ended
              .err()
              .lines()
              .filter(line -> line.contains("vert.x-eventloop-thread-"))
              .map(line -> line.replaceFirst(".*(vert.x-eventloop-thread-\\d+).*", "$1"))
              .distinct()
              .count();
      assertEquals(2, threads, ended.err());
    }
  }

  @Test
  void aBusyPortEndsItInOneLine() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      int port = busy.getLocalPort();
      UpperProcess.Ended ended =
          upper().run("-conf", ONLY_TCP.formatted(port, ""), "-instances", "2");
      assertTrue(
          ended.err().matches("tcp cannot listen on localhost:" + port + ": .+ in use\n"),
          ended.err());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void anUnknownHostEndsItInOneLine() throws Exception {
    String conf = FREE_PORTS.replaceFirst("0", "0, \"host\": \"no-such-host.invalid\"");
    UpperProcess.Ended ended = upper().run("-conf", conf);
    assertEquals("tcp cannot listen on no-such-host.invalid:0: the name is unknown\n", ended.err());
    // None listens before all are prepared.
    assertEquals(0, count("listening", ended.out()), ended.out());
    assertEquals(1, ended.status());
  }

  @Test
  void theFirstStartMakesACertificateAndSaysSo() throws Exception {
    UpperProcess.Builder upper = UpperProcess.ofClasses().in(directory);
    try (UpperProcess server = upper.start("-conf", FREE_PORTS)) {
      server.awaitPort(Protocol.TLS);
      UpperProcess.Ended ended = stop(server);
      assertTrue(
          ended
              .out()
              .contains(
                  "tls has created a certificate: certs/server-cert.pem, signed by"
                      + " certs/ca-cert.pem\n"),
          ended.out());
      assertTrue(Files.exists(directory.resolve("certs/ca-cert.pem")));
    }
    try (UpperProcess server = upper.start("-conf", FREE_PORTS)) {
      server.awaitPort(Protocol.TLS);
      assertEquals(0, count("has created", stop(server).out()));
    }
  }

  @Test
  void aConfiguredCertificateMustBeThere() throws Exception {
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .in(directory)
            .run(
                "run",
                "io.upper.server.TlsServerVerticle",
                "-conf",
                "{\"port\": 0, \"certificate\": \"my.pem\"}");
    assertTrue(
        ended.err().matches("-conf: .*/certificate: \"my.pem\" is no file that can be read\n"),
        ended.err());
    assertEquals(2, ended.status());
    assertTrue(Files.notExists(directory.resolve("certs")));
  }

  @Test
  void requestsAtWorkAreAnsweredBeforeItEnds() throws Exception {
    String conf = ONLY_TCP.formatted(0, ", \"job\": {\"kind\": \"sleep\", \"millis\": 500}");
    List<Socket> sockets = new ArrayList<>();
    try (UpperProcess server = upper().start("-conf", conf)) {
      int port = server.awaitPort(Protocol.TCP);
      for (int i = 0; i < CLIENTS; i++) {
        sockets.add(connect(port));
      }
      for (Socket socket : sockets) {
        write(socket, "first");
      }
      for (Socket socket : sockets) {
        assertEquals("FIRST", read(socket, 5)); // so it is accepted, and idle
      }
      for (Socket socket : sockets) {
        write(socket, "second");
      }
      server.signal("TERM");
      for (Socket socket : sockets) {
        assertEquals("SECOND", read(socket, 6));
        assertEquals(-1, socket.getInputStream().read());
      }
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals(0, ended.status());
      assertEquals("", ended.err());
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsItWith0(String signal) throws Exception {
    try (UpperProcess server = upper().start("--conf", ONLY_TCP.formatted(0, ""))) {
      int port = server.awaitPort(Protocol.TCP);
      assumeFalse(server.ignores(signal), "as children of background jobs do");
      try (Socket socket = connect(port)) {
        ask(socket);
        server.signal(signal);
        assertEquals(-1, socket.getInputStream().read());
      }
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals(0, ended.status());
      assertEquals("", ended.err());
    }
  }
}
