package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.check.cases.Cases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real server passes every case, whatever its model. */
@Tag("slow")
class RealServerCasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 42;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"model\": \"iterative\"",
        "\"model\": \"event-loop\"",
        "\"model\": \"worker-pool\"",
        "\"model\": \"thread-per-connection\"",
        "\"model\": \"process-per-connection\"",
        "\"instances\": 1}, \"processes\": 2, \"job\": {\"kind\": \"none\""
      })
  void passesAll(String settings) throws Exception {
    String configuration =
        "{\"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}, \"tcp\": {\"port\": {port}, "
            + settings
            + "}}";
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        List.of(
            java,
            "-cp",
            System.getProperty("surefire.test.class.path", classPath),
            "io.upper.Main",
            "serve",
            "-conf",
            configuration);
    try (StartedServer server = StartedServer.start(command, StartedServer.START)) {
      Grader.Settings all = new Grader.Settings(SEED, Level.ROBUST, false, id -> true, PATIENCE);
      Report report =
          new Grader(server, settings, Cases.TCP, all, new Grader.Listener() {}).grade();
      assertEquals(
          "",
          report.verdicts().stream()
              .filter(verdict -> verdict.outcome() != Outcome.PASS)
              .map(verdict -> verdict.check().id() + ": " + verdict.reason())
              .collect(Collectors.joining("\n")));
    }
  }
}
