package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that are not polite: small Python programs. */
@Tag("one-jdk")
class StartedServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String LISTEN =
      """
      import os, signal, socket, sys, time
      port = int(sys.argv[1])
      def listen(address='127.0.0.1', family=socket.AF_INET):
          s = socket.socket(family)
          s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          s.bind((address, port))
          s.listen()
          return s
      """;

  @BeforeEach
  void python() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
    assumeTrue(runs("python3", "-c", ""), "needs python3");
  }

  private static boolean runs(String... command) {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  private static List<String> python(String program) {
    return List.of("python3", "-c", LISTEN + program, "{port}");
  }

  private static StartedServer start(String program) throws Exception {
    return StartedServer.start(python(program), LIMIT);
  }

  @Test
  void listensOnIpv4AndEndsAtSigterm() throws Exception {
    StartedServer server = start("s = listen()\nwhile True: s.accept()[0].close()");
    try (server) {
      assertEquals("127.0.0.1", server.address().getAddress().getHostAddress());
      assertEquals(Optional.empty(), server.ended());
      assertTrue(server.memory().orElse(0) > 1_000_000, "" + server.memory());
    }
    assertEquals("SIGTERM ended it", server.usage().exit());
    assertTrue(server.ended().isPresent());
  }

  @Test
  void listensOnIpv6Only() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "needs IPv6");
    try (StartedServer server = start("s = listen('::1', socket.AF_INET6)\ntime.sleep(600)")) {
      assertEquals("0:0:0:0:0:0:0:1", server.address().getAddress().getHostAddress());
      new Socket(server.address().getAddress(), server.address().getPort()).close();
    }
  }

  @Test
  void everyIpv6AddressWithoutIpv4IsReachedByIpv6() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "needs IPv6");
    String only =
        """
        s = socket.socket(socket.AF_INET6)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, %d)
        s.bind(('::', port)); s.listen(); time.sleep(600)
        """;
    try (StartedServer server = start(only.replace("%d", "1"))) {
      assertEquals("0:0:0:0:0:0:0:1", server.address().getAddress().getHostAddress());
    }
    try (StartedServer server = start(only.replace("%d", "0"))) {
      assertEquals("127.0.0.1", server.address().getAddress().getHostAddress());
    }
  }

  @Test
  void isWaitedFor() throws Exception {
    try (StartedServer server = start("time.sleep(2)\ns = listen()\ntime.sleep(600)")) {
      new Socket(server.address().getAddress(), server.address().getPort()).close();
    }
  }

  @Test
  void waitingForItSpendsNoConnection() throws Exception {
    String counting =
        """
        s = listen()
        time.sleep(1)
        s.settimeout(0.5)
        try:
            s.accept(); print('a client', flush=True)
        except TimeoutError:
            print('nobody', flush=True)
        """;
    try (StartedServer server = start(counting)) {
      while (server.ended().isEmpty()) {
        Thread.sleep(20);
      }
      assertEquals(List.of("nobody"), server.lastLines());
      assertEquals(Optional.of("the server ended with status 0: nobody"), server.ended());
    }
  }

  @Test
  void megabytesOfOutputNeitherBlockItNorStay() throws Exception {
    String printing =
        """
        for i in range(200): print('x' * 100000 + str(i))
        print('\\x1b[31mred\\nlast', flush=True)
        s = listen()
        time.sleep(600)
        """;
    try (StartedServer server = start(printing)) {
      while (!server.lastLines().contains("last")) {
        Thread.sleep(20);
      }
      List<String> lines = server.lastLines();
      assertEquals(20, lines.size());
      assertEquals("?[31mred", lines.get(18));
      assertEquals("x".repeat(200), lines.get(0));
    }
  }

  @Test
  void ignoringSigtermIsNoWayOut() throws Exception {
    StartedServer server =
        start("signal.signal(signal.SIGTERM, signal.SIG_IGN)\ns = listen()\ntime.sleep(600)");
    server.close();
    assertEquals("it was killed: SIGTERM did not end it in 5 s", server.usage().exit());
  }

  /** A double fork and a session of its own: its parent is process 1. */
  @Test
  void aDaemonThatItLeavesBehindIsKilled() throws Exception {
    String forking =
        """
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                print('daemon', os.getpid(), flush=True)
                time.sleep(600)
            os._exit(0)
        os.wait()
        s = listen()
        time.sleep(600)
        """;
    StartedServer server = start(forking);
    String line = "";
    while (!line.startsWith("daemon ")) {
      Thread.sleep(20);
      line = String.join("", server.lastLines());
    }
    long daemon = Long.parseLong(line.substring("daemon ".length()));
    assertTrue(runs(daemon));
    server.close();
    assertFalse(runs(daemon));
    assertEquals("SIGTERM ended it; processes left behind, and killed: 1", server.usage().exit());
  }

  /** A zombie, if nobody has waited for it, has no memory. */
  private static boolean runs(long pid) throws IOException {
    Path status = Path.of("/proc/" + pid + "/status");
    return Files.exists(status) && Files.readString(status).contains("VmRSS");
  }

  @Test
  void endingAtOnceIsReportedWithItsLastLine() {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> start("print('one'); print('cannot bind', file=sys.stderr); sys.exit(3)"));
    String message = failure.getMessage();
    assertTrue(message.startsWith("the server ended with status 3: "), message);
    assertTrue(message.contains("cannot bind") || message.contains("one"), message);
  }

  @Test
  void ofAStackTraceOfJavaTheFirstLineIsReported() {
    String printing =
        """
        print('Exception in thread main java.net.BindException: in use')
        print('\\tat Server.main(Server.java:7)', flush=True)
        """;
    String message = assertThrows(IOException.class, () -> start(printing)).getMessage();
    assertTrue(message.endsWith("java.net.BindException: in use"), message);
  }

  @Test
  void neverListeningIsReported() {
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                StartedServer.start(
                    python("print('starting', flush=True); time.sleep(600)"),
                    Duration.ofSeconds(4)));
    String message = failure.getMessage();
    assertTrue(message.startsWith("the server does not listen on port "), message);
    assertTrue(message.endsWith(" after 4 s: starting"), message);
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    IOException failure =
        assertThrows(
            IOException.class,
            () -> StartedServer.start(List.of("no-such-program", "{port}"), LIMIT));
    assertEquals("cannot start no-such-program: there is no such program", failure.getMessage());
  }

  @Test
  void theCommandHasThePortInEveryArgument() throws Exception {
    String printing =
        "s = listen()\nprint(sys.argv)\nprint(sys.stdin.read() + '.', flush=True)\ntime.sleep(600)";
    List<String> command = new ArrayList<>(python(printing));
    command.add("{\"port\":{port}}");
    try (StartedServer server = StartedServer.start(command, LIMIT)) {
      while (!server.lastLines().contains(".")) { // Its standard input is empty.
        Thread.sleep(20);
      }
      int port = server.address().getPort();
      String lines = String.join("\n", server.lastLines());
      assertTrue(lines.contains("'" + port + "', '{\"port\":" + port + "}'"), lines);
    }
  }

  @Test
  void isStartedAgainOnTheSamePort() throws Exception {
    try (StartedServer server = start("s = listen()\ns.accept()\nsys.exit(7)")) {
      new Socket(server.address().getAddress(), server.address().getPort()).close();
      while (server.ended().isEmpty()) {
        Thread.sleep(20);
      }
      InetSocketAddress before = server.address();
      assertTrue(server.restart());
      assertEquals(before, server.address());
      assertEquals(Optional.empty(), server.ended());
      assertTrue(server.usage().peakMemory() > 1_000_000);
    }
  }
}
