package io.upper.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.FreePort;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd is told, on a real socket by a real process. */
@Timeout(180)
class SystemdNotifierTest {
  private static final String CLOCK = "RELOADING=1|MONOTONIC_USEC=";

  @TempDir private Path directory;

  /** Without NotifyAccess=all: only the main process reports, and java is that process. */
  @Test
  void theUnitExpectsReports() throws IOException {
    List<String> unit = Files.readAllLines(Path.of("deploy/upper.service"));
    assertTrue(unit.contains("Type=notify"));
    assertTrue(unit.stream().noneMatch(line -> line.startsWith("NotifyAccess=")));
    assertTrue(unit.stream().anyMatch(line -> line.startsWith("ExecStart=/usr/bin/java ")));
    // The socket of systemd is one of the Unix domain.
    assertTrue(unit.contains("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"));
  }

  @BeforeAll
  static void requirePython() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs Linux");
    Process found = new ProcessBuilder("sh", "-c", "command -v python3").start();
    assumeTrue(found.waitFor() == 0, "needs python3");
  }

  /** In systemd's place: a socket that is not Netty's. */
  private static final class Receiver implements AutoCloseable {
    private static final String SOURCE =
        """
        import socket, sys
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(sys.argv[1].replace('@', '\\0'))
        print('bound', flush=True)
        while True:
            print(receiver.recv(4096).decode().replace('\\n', '|'), flush=True)
        """;

    private final Process process;
    private final BlockingQueue<String> states = new LinkedBlockingQueue<>();

    Receiver(String path) throws Exception {
      process = new ProcessBuilder("python3", "-c", SOURCE, path).redirectErrorStream(true).start();
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      Thread reader = new Thread(() -> lines.lines().forEach(states::add), "states");
      reader.setDaemon(true);
      reader.start();
      assertEquals("bound", next());
    }

    String next() throws InterruptedException {
      String state = states.poll(120, SECONDS);
      return state == null ? fail("no state") : state;
    }

    /** All that has come; the sender has ended, so nothing else is on its way. */
    List<String> rest() throws Exception {
      process.destroy();
      process.waitFor();
      List<String> rest = new ArrayList<>();
      states.drainTo(rest);
      return rest;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private UpperProcess serve(String socket, JsonObject conf) throws IOException {
    return UpperProcess.ofClasses()
        .in(directory)
        .environment("NOTIFY_SOCKET", socket)
        .start("-conf", write(conf));
  }

  private String write(JsonObject conf) throws IOException {
    return Files.writeString(directory.resolve("upper.json"), conf.encode()).toString();
  }

  private static JsonObject onlyTcp(int port) {
    JsonObject off = new JsonObject().put("enabled", false);
    return new JsonObject()
        .put("tcp", new JsonObject().put("host", "127.0.0.1").put("port", port))
        .put("udp", off)
        .put("tls", off);
  }

  private static String ready(int port) {
    return "READY=1|STATUS=listening: tcp 127.0.0.1:" + port;
  }

  private static void assertIsNow(String reloading, long since) {
    assertTrue(reloading.startsWith(CLOCK), reloading);
    long micros = Long.parseLong(reloading.substring(CLOCK.length()));
    assertTrue(micros >= TimeUnit.NANOSECONDS.toMicros(since), reloading);
    assertTrue(micros <= TimeUnit.NANOSECONDS.toMicros(System.nanoTime()), reloading);
  }

  @Test
  void readyReloadingAndStopping() throws Exception {
    String socket = directory.resolve("notify").toString();
    try (Receiver systemd = new Receiver(socket);
        UpperProcess server = serve(socket, onlyTcp(0))) {
      int port = server.awaitPort(Protocol.TCP);
      assertEquals(ready(port), systemd.next());

      long before = System.nanoTime();
      int next = FreePort.find();
      write(onlyTcp(next));
      assertIsNow(systemd.next(), before);
      assertEquals(ready(next), systemd.next());

      // Also without a change, and with an invalid file: the reload that systemd asked for is over.
      Files.writeString(directory.resolve("upper.json"), "{");
      before = System.nanoTime();
      server.signal("HUP");
      assertIsNow(systemd.next(), before);
      assertEquals(ready(next), systemd.next());

      server.signal("TERM");
      assertEquals("STOPPING=1|STATUS=draining", systemd.next());
      assertEquals(0, server.awaitEnd().status());
      assertEquals(List.of(), systemd.rest());
    }
  }

  /** Only the supervisor reports, once all processes listen; whatever the transport. */
  @Test
  void theSupervisorReportsForItsProcesses() throws Exception {
    String socket = "@upper-" + UUID.randomUUID();
    JsonObject conf = onlyTcp(0).put("processes", 2);
    try (Receiver systemd = new Receiver(socket);
        UpperProcess server = serve(socket, conf)) {
      server.awaitLine(".*all 2 processes listen");
      int port = Integer.parseInt(server.seen(".*tcp listening on .*:(\\d+) .*").group(1));
      assertEquals(ready(port), systemd.next());

      long before = System.nanoTime();
      server.signal("HUP");
      assertIsNow(systemd.next(), before);
      assertEquals(ready(port), systemd.next());

      server.signal("TERM");
      assertEquals("STOPPING=1|STATUS=draining", systemd.next());
      assertEquals(0, server.awaitEnd().status());
      assertEquals(List.of(), systemd.rest());
    }
  }

  @Test
  void noReportLeavesASocketOpen() throws Exception {
    String socket = directory.resolve("notify").toString();
    try (Receiver systemd = new Receiver(socket);
        UpperProcess server = serve(socket, onlyTcp(0))) {
      systemd.next();
      // The first change opens what later ones share.
      reload(server, systemd);
      long before = socketsOf(server);
      for (int i = 0; i < 10; i++) {
        reload(server, systemd);
      }
      long deadline = System.nanoTime() + SECONDS.toNanos(60);
      while (socketsOf(server) > before) {
        assertTrue(System.nanoTime() < deadline, () -> "more than " + before + " sockets");
        Thread.sleep(50); // The last one is closed after its report has arrived.
      }
    }
  }

  private static void reload(UpperProcess server, Receiver systemd) throws Exception {
    server.signal("HUP");
    systemd.next();
    systemd.next();
  }

  private static long socketsOf(UpperProcess server) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
      return descriptors.filter(SystemdNotifierTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // Closed meanwhile.
    }
  }

  @Test
  void nioReportsToo() throws Exception {
    String socket = directory.resolve("notify").toString();
    try (Receiver systemd = new Receiver(socket);
        UpperProcess server = serve(socket, onlyTcp(0).put("transport", "nio"))) {
      assertEquals(ready(server.awaitPort(Protocol.TCP)), systemd.next());
    }
  }

  @Test
  void withoutReceiverItServesAndSaysSo() throws Exception {
    String socket = directory.resolve("nobody").toString();
    try (UpperProcess server = serve(socket, onlyTcp(0))) {
      server.awaitPort(Protocol.TCP);
      server.awaitError("NOTIFY_SOCKET " + socket + ": cannot report to systemd: there is no");
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }
}
