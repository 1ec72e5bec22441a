package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.check.cases.Cases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each starter of the assignment fails the cases that its list names, and no other. */
@Tag("slow")
@Tag("one-jdk")
class AssignmentTest {
  private static final Path FOLDER = Path.of("examples/assignment");
  private static final Duration START = Duration.ofSeconds(120);
  private static final long SEED = 42;

  @Test
  void thePythonStarterFailsWhatItsListNames() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc and python3");
    failsAsListed("expected-python.txt", "python3", FOLDER.resolve("server.py").toString());
  }

  @Test
  void theJavaStarterFailsWhatItsListNames() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    failsAsListed("expected-java.txt", java, FOLDER.resolve("Server.java").toString());
  }

  private static void failsAsListed(String list, String program, String file) throws Exception {
    Set<String> expected = new TreeSet<>(Files.readAllLines(FOLDER.resolve(list)));
    assertFalse(expected.isEmpty());
    assertEquals(expected, failures(List.of(program, file, StartedServer.PORT)));
  }

  private static Set<String> failures(List<String> command) throws Exception {
    Grader.Settings settings =
        new Grader.Settings(SEED, Level.ROBUST, true, id -> true, Grader.Settings.PATIENCE);
    try (StartedServer server = StartedServer.start(command, START)) {
      return new Grader(server, "starter", Cases.TCP, settings, new Grader.Listener() {})
          .grade().verdicts().stream()
              .filter(v -> v.outcome() == Outcome.FAIL || v.outcome() == Outcome.WEAK)
              .map(v -> v.check().id())
              .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
