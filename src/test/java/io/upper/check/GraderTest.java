package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.cases.Cases;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the grader makes of servers that are slow, silent, loud, or gone. */
class GraderTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Grader.Listener QUIET = new Grader.Listener() {};

  private static Report grade(
      CheckedServer server, long seed, Duration patience, Grader.Listener listener, String... ids) {
    Predicate<String> selected = List.of(ids)::contains;
    Grader.Settings settings = new Grader.Settings(seed, Level.ROBUST, false, selected, patience);
    return new Grader(server, "a server", Cases.TCP, settings, listener).grade();
  }

  private static Report grade(Consumer<WrongServer> fault, Duration patience, String... ids) {
    try (WrongServer server = new WrongServer()) {
      fault.accept(server);
      server.begin();
      return grade(server, 1, patience, QUIET, ids);
    }
  }

  private static Verdict verdict(Report report, String id) {
    return report.verdicts().stream()
        .filter(verdict -> verdict.check().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static void job(WrongServer server, int millis) {
    server.reply =
        (connection, reply) -> {
          WrongServer.sleep(reply.length == 0 ? 0 : millis);
          connection.write(reply);
        };
  }

  @Test
  @Tag("slow")
  void aSilentServerIsOneFailure() {
    Report report =
        grade(server -> server.reply = (connection, reply) -> {}, SHORT, "tcp/basic/ascii");
    assertEquals(1, report.count(Outcome.FAIL));
    assertEquals(1, report.count(Outcome.SKIPPED));
    assertTrue(verdict(report, "tcp/basic/ascii").counts());
    assertEquals("tcp/serves/at-start", report.verdicts().get(0).check().id());
    assertEquals(Outcome.FAIL, report.verdicts().get(0).outcome());
    assertFalse(report.passed());
    assertFalse(report.ended().isEmpty());
  }

  @Test
  @Tag("slow")
  void aFloodIsNotKept() {
    Report report =
        grade(
            server ->
                server.serve =
                    connection -> {
                      while (true) {
                        connection.write(new byte[64 * 1024]);
                      }
                    },
            SHORT,
            "tcp/basic/one-message");
    Verdict verdict = verdict(report, "tcp/basic/one-message");
    assertEquals("Byte 1 of the reply is not the expected one.", verdict.reason());
    assertTrue(verdict.clients().get(0).receivedCount() < 1024 * 1024);
  }

  @Test
  void aFixedAnswerPassesNothingThatLooksAtIt() {
    byte[] answer = "HELLO\n".getBytes(StandardCharsets.UTF_8);
    Report report =
        grade(
            server -> server.reply = (connection, reply) -> connection.write(answer),
            SHORT,
            "tcp/basic/one-message",
            "tcp/basic/one-letter",
            "tcp/basic/ascii");
    assertEquals(3, report.count(Outcome.FAIL));
  }

  @Test
  void anEchoFails() {
    Report report = grade(server -> server.upper = text -> text, LONG, "tcp/basic/one-message");
    assertEquals(Outcome.FAIL, verdict(report, "tcp/basic/one-message").outcome());
  }

  @Test
  void aTurkishServerFails() {
    Report report =
        grade(
            server -> server.upper = text -> text.toUpperCase(Locale.forLanguageTag("tr")),
            LONG,
            "tcp/text/dotted-i");
    assertEquals(
        "Byte 2 of the reply is not the expected one.",
        verdict(report, "tcp/text/dotted-i").reason());
  }

  @Test
  void theSameSeedSendsTheSame() {
    assertEquals(sent(7), sent(7));
    assertNotEquals(sent(7), sent(8));
  }

  private static String sent(long seed) {
    ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();
    try (WrongServer server = new WrongServer()) {
      server.upper =
          text -> {
            texts.add(text);
            return text.toUpperCase(Locale.ROOT);
          };
      server.begin();
      Grader.Listener listener =
          new Grader.Listener() {
            @Override
            public void begins(CheckCase check) {
              texts.clear();
            }
          };
      grade(server, seed, LONG, listener, "tcp/basic/two-messages");
      return String.join("", texts);
    }
  }

  @Test
  @Tag("slow")
  void whatFailsForLackOfTimeAndThenPassesIsFlaky() {
    AtomicInteger left = new AtomicInteger();
    try (WrongServer server = new WrongServer()) {
      server.reply =
          (connection, reply) -> {
            // An earlier connection may end only now, with an empty reply.
            if (reply.length == 0 || left.getAndDecrement() != 1) {
              connection.write(reply);
            }
          };
      server.begin();
      Grader.Listener listener =
          new Grader.Listener() {
            @Override
            public void begins(CheckCase check) {
              left.set(check.id().equals("tcp/basic/one-letter") ? 1 : 0);
            }
          };
      Verdict verdict =
          verdict(grade(server, 1, LONG, listener, "tcp/basic/one-letter"), "tcp/basic/one-letter");
      assertEquals(Outcome.PASS, verdict.outcome());
      assertTrue(verdict.flaky());
      assertTrue(verdict.reason().startsWith("0 of 1 expected byte came"), verdict.reason());
    }
  }

  @Test
  @Tag("slow")
  void aCaseThatWouldTakeLongRunsInItsShortForm() {
    Report report =
        grade(
            server -> {
              job(server, 200);
              server.read = connection -> connection.read(32);
            },
            LONG,
            "tcp/stream/64-kib",
            "tcp/basic/one-letter");
    assertEquals(32, report.traits().readSize());
    assertTrue(verdict(report, "tcp/stream/64-kib").brief());
    assertEquals(Outcome.PASS, verdict(report, "tcp/stream/64-kib").outcome());
    assertFalse(verdict(report, "tcp/basic/one-letter").brief());
  }

  @Test
  @Tag("slow")
  void whatSaysNothingAboutAnIterativeServerIsSkipped() {
    Report report = grade(server -> server.dispatch = Runnable::run, LONG, "tcp/many/200-idle");
    Verdict verdict = verdict(report, "tcp/many/200-idle");
    assertEquals(Outcome.SKIPPED, verdict.outcome());
    assertEquals("it serves one client at a time: the others have to wait", verdict.reason());
    assertTrue(report.passed());
  }

  @Test
  @Tag("slow")
  void clientsServedAtOnceAreCounted() {
    ExecutorService five = Executors.newFixedThreadPool(5);
    try {
      Report report = grade(server -> server.dispatch = five::execute, LONG);
      assertEquals("5 at a time (a pool of 5)", report.traits().clients());
    } finally {
      five.shutdownNow();
    }
  }

  @Test
  @Tag("slow")
  void linesMayEndWithCrLf() {
    Report report =
        grade(
            server ->
                server.map =
                    (connection, read) -> {
                      byte[] text = WrongServer.joined(connection.kept, read);
                      String all = new String(text, StandardCharsets.UTF_8);
                      int end = all.lastIndexOf('\n') + 1;
                      connection.kept = all.substring(end).getBytes(StandardCharsets.UTF_8);
                      return all.substring(0, end)
                          .toUpperCase(Locale.ROOT)
                          .replaceAll("\r?\n", "\r\n")
                          .getBytes(StandardCharsets.UTF_8);
                    },
            LONG,
            "tcp/basic/one-message",
            "tcp/basic/two-messages",
            "tcp/stream/coalesced",
            "tcp/stream/byte-by-byte");
    assertEquals(Framing.CRLF_LINE, report.traits().framing());
    assertEquals(0, report.count(Outcome.FAIL), report.verdicts()::toString);
  }

  @Test
  void afterTheServersEndTheRestIsSkippedWithItsReason() {
    try (WrongServer server = new WrongServer()) {
      server.begin();
      Grader.Listener listener =
          new Grader.Listener() {
            @Override
            public void begins(CheckCase check) {
              if (check.id().equals("tcp/basic/one-letter")) {
                server.endAfter(0);
                server.why = "it ended";
              }
            }
          };
      Report report =
          grade(
              server,
              1,
              LONG,
              listener,
              "tcp/basic/one-message",
              "tcp/basic/one-letter",
              "tcp/basic/ascii");
      Map<String, Outcome> outcomes = new TreeMap<>();
      report.verdicts().forEach(each -> outcomes.put(each.check().id(), each.outcome()));
      assertEquals(
          Map.of(
              "tcp/serves/at-start", Outcome.PASS,
              "tcp/basic/one-message", Outcome.PASS,
              "tcp/basic/one-letter", Outcome.FAIL,
              "tcp/basic/ascii", Outcome.SKIPPED),
          outcomes);
      assertEquals("it ended", verdict(report, "tcp/basic/ascii").reason());
      assertEquals("it ended", report.ended());
    }
  }
}
