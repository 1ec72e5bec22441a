package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.cases.Cases;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case fails for a server that is made for it, and a right server passes all of them. */
@Tag("slow")
class CasesTest {
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final List<Wrong> WRONG = WrongServers.all();
  private static WrongGrading grading;

  static List<Wrong> wrongServers() {
    return WRONG;
  }

  @BeforeAll
  static void gradeAll() {
    grading = new WrongGrading(Cases.TCP, WrongServer::new, WRONG);
  }

  @AfterAll
  static void stop() {
    grading.close();
  }

  @ParameterizedTest
  @MethodSource("wrongServers")
  void fails(Wrong wrong) throws Exception {
    grading.assertFails(wrong);
  }

  /** Whether a process is needed: see {@link LifeCasesTest}. */
  private static boolean isLife(String id) {
    return id.startsWith("tcp/life/");
  }

  @Test
  void eachCaseHasItsWrongServer() {
    Set<String> made = WRONG.stream().map(Wrong::id).collect(Collectors.toCollection(TreeSet::new));
    Set<String> all =
        Cases.TCP.stream()
            .map(CheckCase::id)
            .filter(id -> !isLife(id))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, made);
  }

  @Test
  void aRightServerPassesAll() {
    try (WrongServer server = new WrongServer()) {
      server.memory = () -> OptionalLong.of(1);
      server.begin();
      Report report =
          grading.grade(server, Level.ABUSE, id -> !isLife(id), SHORT, new Grader.Listener() {});
      assertEquals(
          report.verdicts().size(), report.count(Outcome.PASS), () -> WrongGrading.reasons(report));
    }
  }

  @Test
  void aRightIterativeServerPassesWhatAppliesToIt() {
    passesAllThatApplies(0);
  }

  @Test
  @Tag("slow")
  void aRightIterativeServerWithAJobPassesWhatAppliesToIt() {
    passesAllThatApplies(70);
  }

  @Test
  void aRightServerThatRepliesAtTheEndPassesWhatAppliesToIt() {
    passesAllThatApplies(
        server ->
            server.read =
                connection -> {
                  byte[] all = {};
                  for (byte[] more = connection.read(65536);
                      more != null;
                      more = connection.read(65536)) {
                    all = WrongServer.joined(all, more);
                  }
                  return connection.reads == 0 || connection.ended ? null : ended(connection, all);
                },
        Framing.END);
  }

  private static byte[] ended(WrongServer.Connection connection, byte[] all) {
    connection.ended = true;
    return all;
  }

  private static void passesAllThatApplies(Consumer<WrongServer> oddity, Framing framing) {
    try (WrongServer server = new WrongServer()) {
      oddity.accept(server);
      server.begin();
      Report report =
          grading.grade(server, Level.ROBUST, id -> true, SHORT, new Grader.Listener() {});
      assertEquals(framing, report.traits().framing());
      assertEquals(
          Set.of(), WrongGrading.failed(report).keySet(), () -> WrongGrading.reasons(report));
    }
  }

  /** As the Python servers: one client at a time, 32 bytes at a time, and a job. */
  private static void passesAllThatApplies(int jobMillis) {
    try (WrongServer server = new WrongServer()) {
      server.dispatch = Runnable::run;
      server.read = connection -> connection.read(32);
      WrongServer.Reply right = server.reply;
      server.reply =
          (connection, reply) -> {
            WrongServer.sleep(connection.bytes == 0 ? 0 : jobMillis);
            right.to(connection, reply);
          };
      server.begin();
      Report report =
          grading.grade(server, Level.ROBUST, id -> !isLife(id), SHORT, new Grader.Listener() {});
      assertTrue(report.traits().oneClientAtATime());
      assertEquals(jobMillis == 0 ? Traits.ANY : 32, report.traits().readSize());
      assertEquals(
          Set.of(), WrongGrading.failed(report).keySet(), () -> WrongGrading.reasons(report));
      assertTrue(report.count(Outcome.SKIPPED) <= 7, () -> WrongGrading.reasons(report));
    }
  }
}
