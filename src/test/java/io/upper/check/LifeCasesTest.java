package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.check.cases.Cases;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case of tcp/life fails for a program that is made for it, and a right one passes all. */
@Tag("slow")
@Tag("one-jdk")
class LifeCasesTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final String RIGHT =
      """
      import os, signal, socket, sys, threading, time
      JOB = 0.3
      stopping, busy, lock = threading.Event(), [], threading.Lock()
      def stop(number, frame):
          stopping.set()
      signal.signal(signal.SIGTERM, stop)
      s = socket.socket()
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(('127.0.0.1', int(sys.argv[1])))
      s.listen(100)
      s.settimeout(0.05)
      def serve(c):
          data = c.recv(1000)
          while data:
              busy.append(c)
              time.sleep(JOB)
              c.sendall(data.upper())
              busy.remove(c)
              data = c.recv(1000)
          c.close()
      while not stopping.is_set():
          try:
              c = s.accept()[0]
              c.settimeout(None)
              threading.Thread(target=serve, args=(c,), daemon=True).start()
          except TimeoutError:
              pass
          except OSError:
              time.sleep(0.2)
      s.close()
      while busy:
          time.sleep(0.01)
      """;

  /** What is wrong: in place of a right part. */
  private record Wrong(
      String name, String right, String wrong, String id, String reason, Duration patience) {
    @Override
    public String toString() {
      return name;
    }

    String program() {
      assertTrue(RIGHT.contains(right), name);
      return RIGHT.replace(right, wrong);
    }
  }

  private static Wrong wrong(String id, String name, String right, String wrong, String reason) {
    return new Wrong(name, right, wrong, "tcp/life/" + id, reason, LONG);
  }

  private static Wrong hangs(String id, String name, String right, String wrong, String reason) {
    return new Wrong(name, right, wrong, "tcp/life/" + id, reason, SHORT);
  }

  private static Stream<Wrong> wrongServers() {
    return Stream.of(
        wrong(
            "restart-at-once",
            "no SO_REUSEADDR",
            "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)",
            "",
            "It did not start again on its port: the server ended with status 1: .*Address already.*"),
        wrong(
            "answers-in-flight",
            "SIGTERM ends it at once",
            "signal.signal(signal.SIGTERM, stop)",
            "",
            "The server ended the connection after .* expected bytes. The server ended by signal 15."),
        hangs(
            "busy-port",
            "SO_REUSEPORT",
            "SO_REUSEADDR",
            "SO_REUSEPORT",
            "A second copy on the same port still ran after .* s."),
        wrong(
            "busy-port",
            "the error of bind is forgotten",
            "s.bind(('127.0.0.1', int(sys.argv[1])))",
            "try: s.bind(('127.0.0.1', int(sys.argv[1])))\nexcept OSError: sys.exit(0)",
            "A second copy on the same port ended with status 0, which means success."),
        hangs(
            "no-orphan",
            "a child stays after SIGTERM",
            "s.settimeout(0.05)",
            "s.settimeout(0.05)\nif os.fork() == 0:\n    s.close()\n    time.sleep(600)",
            ".* s after SIGTERM a process still runs."),
        hangs(
            "no-orphan",
            "workers notice SIGTERM of their parent, but not its SIGKILL",
            "s.settimeout(0.05)",
            """
            s.settimeout(0.05)
            child = os.fork()
            def both(number, frame):
                stopping.set()
                if child: os.kill(child, signal.SIGTERM)
            signal.signal(signal.SIGTERM, both)
            """,
            ".* s after SIGKILL of its main process a process still runs."),
        wrong(
            "descriptors",
            "a busy loop on the error of accept",
            "        time.sleep(0.2)",
            "        pass",
            "Without a free descriptor the server used .* of processor time in 6.00 s."),
        wrong(
            "descriptors",
            "an error of accept ends the loop",
            "        time.sleep(0.2)",
            "        break",
            "No connection: Connection refused.*|0 of .* expected bytes came, then nothing .*"));
  }

  @BeforeEach
  void python() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
    assumeTrue(new ProcessBuilder("python3", "-c", "").start().waitFor() == 0, "needs python3");
  }

  private static Map<String, Verdict> grade(String program, Duration patience, String id)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "-c", program, StartedServer.PORT));
    Grader.Settings settings =
        new Grader.Settings(1, Level.ROBUST, false, each -> each.startsWith(id), patience);
    try (StartedServer server = StartedServer.start(command, LONG.multipliedBy(2))) {
      Report report =
          new Grader(server, "python", Cases.TCP, settings, new Grader.Listener() {}).grade();
      // Whatever the case did, the server serves, with its own limits.
      assertEquals(Optional.empty(), server.ended());
      return report.verdicts().stream()
          .collect(
              Collectors.toMap(each -> each.check().id(), each -> each, (a, b) -> b, TreeMap::new));
    }
  }

  @ParameterizedTest
  @MethodSource("wrongServers")
  void fails(Wrong wrong) throws Exception {
    Verdict verdict = grade(wrong.program(), wrong.patience(), wrong.id()).get(wrong.id());
    assertTrue(
        verdict.outcome() == Outcome.WEAK || verdict.outcome() == Outcome.FAIL,
        verdict.outcome() + " " + verdict.reason());
    assertTrue(verdict.reason().matches(wrong.reason()), verdict.reason());
  }

  @Test
  void aRightServerPassesAll() throws Exception {
    Map<String, Verdict> verdicts = grade(RIGHT, LONG, "tcp/life/");
    assertEquals(6, verdicts.size());
    verdicts.forEach((id, verdict) -> assertEquals(Outcome.PASS, verdict.outcome(), id + verdict));
  }

  @Test
  void withoutAStartThereIsNothingToSay() {
    try (WrongServer server = new WrongServer()) {
      server.begin();
      Grader.Settings settings =
          new Grader.Settings(1, Level.ROBUST, false, id -> id.startsWith("tcp/life/"), LONG);
      Report report =
          new Grader(server, "other", Cases.TCP, settings, new Grader.Listener() {}).grade();
      assertEquals(5, report.count(Outcome.SKIPPED));
      assertEquals("it was not started by upper check", report.verdicts().get(1).reason());
    }
  }

  /** On another one, since its connections keep the first one for a minute. */
  @Test
  void aServerWhosePortStaysTakenIsGradedOnAnotherOne() throws Exception {
    String program = RIGHT.replace("SO_REUSEADDR", "SO_KEEPALIVE");
    List<String> command = List.of("python3", "-c", program, StartedServer.PORT);
    Grader.Settings settings =
        new Grader.Settings(1, Level.ROBUST, false, id -> id.contains("life"), LONG);
    try (StartedServer server = StartedServer.start(command, LONG.multipliedBy(2))) {
      InetSocketAddress before = server.address();
      Report report =
          new Grader(server, "python", Cases.TCP, settings, new Grader.Listener() {}).grade();
      Verdict last = report.verdicts().get(report.verdicts().size() - 1);
      assertEquals("tcp/serves/after-life", last.check().id());
      assertEquals(Outcome.PASS, last.outcome(), last.reason());
      assertTrue(before.getPort() != server.address().getPort());
    }
  }
}
