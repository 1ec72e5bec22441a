package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Grades wrong servers, many at once, and compares the verdicts with what is expected of them. */
final class WrongGrading implements AutoCloseable {
  private static final long SEED = 42;
  private static final int AT_ONCE = 16;
  private static final Set<String> HEAVY =
      Set.of(
          "stream/8-mib",
          "stream/late-reader",
          "many/beside-bulk",
          "many/200-idle",
          "pressure/never-reads",
          "pressure/back-pressure",
          "pressure/reads-on",
          "pressure/memory",
          "abuse/1000-idle",
          "abuse/1000-resets");
  private final List<CheckCase> cases;
  private final Supplier<? extends WrongServer> servers;
  private final ExecutorService graders = Executors.newFixedThreadPool(AT_ONCE);
  private final Map<Wrong, Future<Report>> reports;

  /** Begins to grade. */
  WrongGrading(
      List<CheckCase> cases, Supplier<? extends WrongServer> servers, List<Wrong> wrongServers) {
    this.cases = cases;
    this.servers = servers;
    reports =
        wrongServers.stream()
            .collect(
                Collectors.toMap(Function.identity(), wrong -> graders.submit(() -> grade(wrong))));
  }

  /** Fails unless a wrong server fails its cases, for its reason. */
  void assertFails(Wrong wrong) throws Exception {
    Report report = reports.get(wrong).get();
    // Some faults depend on how bytes arrive: on a busy machine the grading is done again.
    for (int i = 0; i < 2 && !asExpected(wrong, report); i++) {
      report = grade(wrong);
    }
    Report last = report;
    assertTrue(asExpected(wrong, report), () -> wrong.id() + " " + wrong.beside() + reasons(last));
    String reason = failed(report).get(wrong.id()).reason();
    String pattern =
        Pattern.quote(wrong.reason())
            .replace("#", "\\E[0-9]+([,.][0-9]+)*\\Q")
            .replace("|", "\\E|\\Q");
    assertTrue(reason.matches(pattern), () -> reason + "\n" + wrong.reason());
  }

  /** Whether it fails its case and those beside it, and perhaps those that are a matter of luck. */
  private static boolean asExpected(Wrong wrong, Report report) {
    Set<String> expected = new TreeSet<>(wrong.beside());
    expected.add(wrong.id());
    Set<String> found = new TreeSet<>(failed(report).keySet());
    found.removeAll(wrong.perhaps());
    return expected.equals(found);
  }

  private Report grade(Wrong wrong) {
    try (WrongServer server = servers.get()) {
      wrong.fault().accept(server);
      server.begin();
      Grader.Listener listener =
          new Grader.Listener() {
            @Override
            public void begins(CheckCase check) {
              if (wrong.dies() >= 0 && check.id().equals(wrong.id())) {
                server.endAfter(wrong.dies());
              }
            }
          };
      return grade(server, wrong.level(), id -> runs(wrong, id), wrong.patience(), listener);
    }
  }

  /** What sends megabytes runs where it says something; all of it would take minutes. */
  private static boolean runs(Wrong wrong, String id) {
    return wrong.runs(id)
        && (!HEAVY.contains(id.substring(id.indexOf('/') + 1))
            || id.equals(wrong.id())
            || wrong.beside().contains(id)
            || wrong.perhaps().contains(id));
  }

  Report grade(
      CheckedServer server,
      Level level,
      Predicate<String> selected,
      Duration patience,
      Grader.Listener listener) {
    Grader.Settings settings = new Grader.Settings(SEED, level, false, selected, patience);
    return new Grader(server, "wrong", cases, settings, listener).grade();
  }

  static Map<String, Verdict> failed(Report report) {
    return report.verdicts().stream()
        .filter(each -> each.outcome() == Outcome.FAIL || each.outcome() == Outcome.WEAK)
        .collect(Collectors.toMap(each -> each.check().id(), Function.identity()));
  }

  static String reasons(Report report) {
    return report.verdicts().stream()
        .filter(each -> each.outcome() != Outcome.PASS)
        .map(each -> each.outcome() + " " + each.check().id() + ": " + each.reason())
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  @Override
  public void close() {
    graders.shutdownNow();
  }
}
