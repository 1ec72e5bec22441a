package io.upper.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientSettings;
import io.upper.client.UpperClient;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program with {@code processes}, as its users see it: ports, replies, signals, statuses. */
@Timeout(180)
class ServerProcessesTest {
  private static final int PROCESSES = 4;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final Pattern SERVED =
      Pattern.compile(
          "process \\d+ \\(pid (\\d+)\\): .* served client=(\\w+) 127\\.0\\.0\\.1:(\\d+) .*");

  @TempDir static Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final Set<Long> pids = new HashSet<>();

  @BeforeAll
  static void needsNativeTransport() {
    assumeTrue(Epoll.isAvailable() || KQueue.isAvailable(), "needs a native transport");
  }

  @BeforeAll
  static void makeCertificates() throws IOException {
    TestCertificates.copyTo(directory.resolve("certs"));
  }

  @AfterEach
  void leavesNoProcessBehind() throws InterruptedException {
    vertx.close().await();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (pids.stream().anyMatch(ServerProcessesTest::lives)) {
      assertTrue(System.nanoTime() < deadline, "left behind, one of: " + pids);
      Thread.sleep(20);
    }
  }

  @Test
  void allShareOnePortPerProtocolAndReplyToAllRequestsBeforeTheyExit() throws Exception {
    try (UpperProcess server = start("-v", "-conf", config(PROCESSES, 500).encode())) {
      Map<Protocol, Integer> ports = awaitListening(server);
      List<Future<String>> replies = new ArrayList<>();
      for (Protocol protocol : Protocol.values()) {
        for (int i = 0; i < 20; i++) {
          UpperClient client = client(protocol, ports.get(protocol)).await();
          replies.add(client.ask("täxis"));
        }
      }
      Thread.sleep(100); // The requests are in flight for half a second.
      server.signal("TERM");
      for (Future<String> reply : replies) {
        assertEquals("TÄXIS", reply.await());
      }
      UpperProcess.Ended end = server.awaitEnd();
      assertEquals(0, end.status(), end.err());
      for (Protocol protocol : Protocol.values()) {
        // Requests served after SIGTERM are logged too.
        Map<Integer, Long> served = servedBy(end.err(), protocol);
        assertEquals(20, served.size(), end.err());
        Set<Long> who = new HashSet<>(served.values());
        assertTrue(who.size() > 1 && pids.containsAll(who), protocol + " served by " + who);
      }
    }
  }

  @Test
  @Tag("slow")
  void processKilledUnderLoadCostsOnlyItsOwnConnections() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService clients = Executors.newCachedThreadPool();
    try (UpperProcess server = start("-v", "-conf", config(PROCESSES, 20).encode())) {
      int port = awaitListening(server).get(Protocol.TCP);
      long victim = pids.iterator().next();
      Map<Integer, java.util.concurrent.Future<Void>> loads = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        Socket socket = connect(port);
        loads.put(socket.getLocalPort(), clients.submit(load(socket, over)));
      }
      java.util.concurrent.Future<Integer> newcomers =
          clients.submit(() -> connectAgain(port, over));
      Thread.sleep(300);

      ProcessHandle.of(victim).orElseThrow().destroyForcibly();
      Matcher again =
          server.awaitLine("process (\\d) \\(pid (\\d+)\\): tcp listening on .*:" + port + " .*");
      assertNotEquals(victim, Long.parseLong(again.group(2)));
      pids.add(Long.parseLong(again.group(2)));
      Thread.sleep(300);
      over.set(true);

      assertTrue(newcomers.get() > 10, "new connections: " + newcomers.get());
      Set<Integer> failed = new HashSet<>();
      for (Map.Entry<Integer, java.util.concurrent.Future<Void>> load : loads.entrySet()) {
        if (failure(load.getValue()) != null) {
          failed.add(load.getKey());
        }
      }
      server.signal("TERM");
      UpperProcess.Ended end = server.awaitEnd();
      assertEquals(0, end.status(), end.err());
      Map<Integer, Long> servedBy = servedBy(end.err(), Protocol.TCP);
      for (int client : loads.keySet()) {
        // A process killed during a first request has logged nothing about it.
        long process = servedBy.getOrDefault(client, victim);
        assertEquals(process == victim, failed.contains(client), client + " broke, or should have");
      }
      assertTrue(
          end.err().contains("(pid " + victim + ") ended with status 137; another one starts in"),
          end.err());
    } finally {
      over.set(true);
      clients.shutdownNow();
    }
  }

  @Test
  @Tag("slow")
  void processesExitWithTheirSupervisorHoweverItEnds() throws Exception {
    try (UpperProcess server = start("-conf", config(2, 0).encode())) {
      awaitListening(server, 2);
      server.signal("KILL");
      assertEquals(137, server.awaitEnd().status());
    } // leavesNoProcessBehind() awaits their end.
  }

  @Test
  void portInUseIsAFailureReportedInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      JsonObject config = config(2, 0);
      config.getJsonObject("tcp").put("port", taken.getLocalPort());
      UpperProcess.Ended end = run("-conf", config.encode());
      assertEquals(1, end.status(), end.err());
      String line =
          "process 1 \\(pid \\d+\\): tcp cannot listen on 127.0.0.1:%d: .*\n"
              .formatted(taken.getLocalPort());
      assertTrue(errors(end).matches(line), end.err());
    }
  }

  /** Also after the process that bound it first was replaced. */
  @Test
  @Tag("slow")
  void aSecondServerIsRefusedUnlessItSharesThePorts() throws Exception {
    try (UpperProcess server = start("-conf", config(2, 0).encode())) {
      Map<Protocol, Integer> ports = awaitListening(server, 2);
      server.awaitLine("all 2 processes listen");
      long first = Long.parseLong(server.seen("process 1 \\(pid (\\d+)\\): tcp .*").group(1));
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      Matcher again = server.awaitLine("process 1 \\(pid (\\d+)\\): tls listening on .*");
      pids.add(Long.parseLong(again.group(1)));

      JsonObject copy = config(2, 0);
      ports.forEach((protocol, port) -> copy.getJsonObject(protocol.word()).put("port", port));
      UpperProcess.Ended refused = run("-conf", copy.encode());
      assertEquals(1, refused.status(), refused.toString());
      assertTrue(
          errors(refused)
              .matches("process 1 .*: \\w+ cannot listen on \\S+: Address already in use\n"),
          refused.toString());

      ports.forEach((protocol, port) -> copy.getJsonObject(protocol.word()).put("reusePort", true));
      try (UpperProcess sharing = start("-conf", copy.encode())) {
        sharing.awaitLine("all 2 processes listen");
        sharing.signal("TERM");
        assertEquals(0, sharing.awaitEnd().status());
      }
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }

  /** It is stopped (SIGSTOP) before it listens, perhaps before it runs the command. */
  @Test
  @Tag("slow")
  void aHungProcessDoesNotKeepTheSupervisorFromExiting() throws Exception {
    try (UpperProcess server = start("-conf", config(2, 0).put("drainSeconds", 1).encode())) {
      ProcessHandle supervisor = ProcessHandle.of(server.pid()).orElseThrow();
      Optional<ProcessHandle> first = Optional.empty();
      while (first.isEmpty()) {
        first = supervisor.children().findFirst();
      }
      long pid = first.get().pid();
      pids.add(pid);
      Process stop = new ProcessBuilder("kill", "-STOP", "" + pid).start();
      assertEquals(0, stop.waitFor());
      server.signal("TERM");
      UpperProcess.Ended end = server.awaitEnd();
      assertEquals(0, end.status(), end.err());
      assertEquals("", errors(end));
    }
  }

  /** On a busy machine a process may take that long until its first heartbeat. */
  private static String errors(UpperProcess.Ended end) {
    return end.err()
        .lines()
        .filter(line -> !line.contains(" has been silent for "))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void settingFoundInvalidByTheProcessIsBadConfigurationReportedInOneLine() throws Exception {
    JsonObject config = config(2, 0);
    config.getJsonObject("tls").put("certificate", "no/such.pem");
    UpperProcess.Ended end = run("-conf", config.encode());
    assertEquals(2, end.status(), end.err());
    assertTrue(
        errors(end).matches("process 1 \\(pid \\d+\\): /tls/certificate: \"no/such.pem\" .*\n"),
        end.err());
  }

  @Test
  void withoutANativeTransportTheReasonIsReported() throws Exception {
    UpperProcess.Ended end =
        UpperProcess.ofClasses()
            .in(directory)
            .jvm("-Dio.netty.transport.noNative=true")
            .run("-conf", config(2, 0).encode());
    assertEquals(1, end.status(), end.err());
    assertTrue(
        errors(end).matches(".*: sharing a port among processes needs a native transport\n"),
        end.err());
  }

  private static UpperProcess start(String... args) throws IOException {
    return UpperProcess.ofClasses().in(directory).start(args);
  }

  private static UpperProcess.Ended run(String... args) throws Exception {
    return UpperProcess.ofClasses().in(directory).run(args);
  }

  /** Every server on a free port. */
  private static JsonObject config(int processes, int jobMillis) {
    JsonObject config = new JsonObject().put("processes", processes);
    for (Protocol protocol : Protocol.values()) {
      config.put(protocol.word(), new JsonObject().put("host", "127.0.0.1").put("port", 0));
    }
    return config.put("job", new JsonObject().put("kind", "sleep").put("millis", jobMillis));
  }

  private Map<Protocol, Integer> awaitListening(UpperProcess server) throws InterruptedException {
    return awaitListening(server, PROCESSES);
  }

  /** Awaits the line of each process for each protocol: all name the same port. */
  private Map<Protocol, Integer> awaitListening(UpperProcess server, int processes)
      throws InterruptedException {
    Map<Protocol, Integer> ports = new HashMap<>();
    Set<String> lines = new HashSet<>();
    for (int i = 0; i < processes * Protocol.values().length; i++) {
      Matcher line =
          server.awaitLine("process (\\d) \\(pid (\\d+)\\): (\\w+) listening on .*:(\\d+) \\(.*");
      assertTrue(lines.add(line.group(1) + line.group(3)), "twice: " + line.group());
      pids.add(Long.parseLong(line.group(2)));
      Protocol protocol = Protocol.valueOf(line.group(3).toUpperCase(Locale.ROOT));
      int port = Integer.parseInt(line.group(4));
      assertEquals(port, ports.computeIfAbsent(protocol, p -> port), line.group());
    }
    assertEquals(processes, pids.size());
    return ports;
  }

  /**
   * Which process served the first request of a client, by its port and the log of {@code -v}: a
   * later client may get that port again.
   */
  private static Map<Integer, Long> servedBy(String log, Protocol protocol) {
    Map<Integer, Long> servedBy = new HashMap<>();
    log.lines()
        .map(SERVED::matcher)
        .filter(Matcher::matches)
        .filter(line -> line.group(2).equals(protocol.word()))
        .forEach(
            line ->
                servedBy.putIfAbsent(
                    Integer.parseInt(line.group(3)), Long.parseLong(line.group(1))));
    return servedBy;
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).isPresent();
  }

  // Clients.

  private Future<UpperClient> client(Protocol protocol, int port) {
    String ca = directory.resolve("certs").resolve(CertificateAuthority.CA_CERTIFICATE).toString();
    return UpperClient.open(
        vertx,
        new ClientSettings(
            protocol, "localhost", port, ca, false, ConfiguredService.of(new Uppercase()), 30));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void ask(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    byte[] reply = socket.getInputStream().readNBytes(text.length());
    if (reply.length < text.length()) {
      throw new IOException("closed");
    }
    assertEquals(text.toUpperCase(Locale.ROOT), new String(reply, StandardCharsets.UTF_8));
  }

  /** One request after the other on one connection. */
  private static Callable<Void> load(Socket socket, AtomicBoolean over) {
    return () -> {
      try (socket) {
        do {
          ask(socket, "tiny");
        } while (!over.get());
      }
      return null;
    };
  }

  /**
   * One connection after the other. None is refused; those in the accept queue of the process that
   * died are reset, and the client retries.
   */
  private static int connectAgain(int port, AtomicBoolean over) throws Exception {
    int served = 0;
    int resets = 0;
    while (!over.get()) {
      // From another address: one of them may get the port of a client whose process was killed.
      try (Socket socket =
          new Socket(
              InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0)) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        ask(socket, "tiger");
        served++;
        resets = 0;
      } catch (ConnectException e) {
        throw e;
      } catch (IOException e) {
        assertTrue(++resets < 3, "reset again and again");
        Thread.sleep(50);
      }
    }
    return served;
  }

  private static Throwable failure(java.util.concurrent.Future<Void> load)
      throws InterruptedException {
    try {
      load.get();
      return null;
    } catch (ExecutionException e) {
      assertFalse(e.getCause() instanceof AssertionError, String.valueOf(e.getCause()));
      return e.getCause();
    }
  }
}
