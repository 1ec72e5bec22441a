package io.upper.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.upper.config.Configuration;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A supervisor of shell scripts, so that each test decides how its processes run and die. */
@Timeout(180)
class SupervisorTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.upper.prefork");
  private static final RestartPolicy IMPATIENT =
      new RestartPolicy(Duration.ofSeconds(5), 5, Duration.ofMillis(20), Duration.ofMillis(100));

  private static final Watchdog QUICK = new Watchdog(Duration.ofMillis(50), 10, 40);

  // What a server process prints when it listens.
  private static final String LISTEN =
      "read config; printf 'unfinished\\006ready {\"tcp\":1}\\n'; ";

  private static final String BEAT = "while sleep 0.1; do printf '\\006alive\\n'; done";

  @TempDir private Path directory;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          log.add(event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    LOGGER.addAppender(appender);
  }

  @AfterEach
  void leavesNoProcessBehind() {
    LOGGER.detachAppender(appender);
    assertEquals(0, ProcessHandle.current().children().count());
  }

  @Test
  void givesUpOnAProcessThatKeepsDying() {
    Supervisor supervisor = supervisor(1, LISTEN + "exit 3");
    IOException end = assertThrows(IOException.class, supervisor::supervise);
    assertTrue(
        end.getMessage()
            .matches(
                "process 1 \\(pid \\d+\\) ended with status 3; giving up: 5 processes in a row"
                    + " ended within 5 s of their start"),
        end.getMessage());
    assertEquals(
        List.of("20 ms", "40 ms", "80 ms", "100 ms"), delays(), "doubled up to the maximum");
  }

  @Test
  void givingUpEndsTheOthers() {
    // The first one creates a directory and lives; the others find it and exit.
    String script = LISTEN + "mkdir " + directory + "/first 2>&- && exec sleep 1000; exit 3";
    IOException end = assertThrows(IOException.class, supervisor(2, script)::supervise);
    assertTrue(end.getMessage().startsWith("process 2 "), end.getMessage());
  }

  @Test
  void processThatCannotBeRestartedCountsAsDead() throws Exception {
    Path program = directory.resolve("program");
    Files.writeString(program, "#!/bin/sh\n" + LISTEN + "rm $0; exit 3");
    assertTrue(program.toFile().setExecutable(true));
    Supervisor supervisor =
        new Supervisor(configuration(1), List.of(program.toString()), IMPATIENT, Watchdog.DEFAULT);
    IOException end = assertThrows(IOException.class, supervisor::supervise);
    assertTrue(end.getMessage().startsWith("process 1 cannot be started: "), end.getMessage());
    assertEquals(4, delays().size(), log.toString());
  }

  @Test
  void statusOfAFirstProcessThatCannotServeIsReturned() throws Exception {
    assertEquals(2, supervisor(4, "read config; echo 'a reason' >&2; exit 2").supervise());
    assertEquals(1, supervisor(4, "exit 1").supervise());
  }

  @Test
  void firstProcessThatIsKilledBeforeItListensIsAFailure() {
    Supervisor supervisor = supervisor(4, "kill -9 $$");
    IOException end = assertThrows(IOException.class, supervisor::supervise);
    assertTrue(
        end.getMessage()
            .matches("process 1 \\(pid \\d+\\) ended with status 137 before it listened"),
        end.getMessage());
  }

  @Test
  void stopEndsAFirstProcessThatDoesNotListenYet() throws Exception {
    Supervisor supervisor = supervisor(4, "exec sleep 1000");
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(supervisor::stop);
    assertEquals(0, supervisor.supervise());
  }

  private static Supervisor supervisor(int processes, String script) {
    return supervisor(processes, script, Watchdog.DEFAULT);
  }

  private static Supervisor supervisor(int processes, String script, Watchdog watchdog) {
    return new Supervisor(
        configuration(processes), List.of("sh", "-c", script), IMPATIENT, watchdog);
  }

  private static Configuration configuration(int processes) {
    return configuration(processes, 1);
  }

  private static Configuration configuration(int processes, int port) {
    return Configuration.of(
        new JsonObject()
            .put("processes", processes)
            .put("drainSeconds", 1)
            .put("tcp", new JsonObject().put("port", port))
            .put("udp", new JsonObject().put("enabled", false))
            .put("tls", new JsonObject().put("enabled", false)));
  }

  /** The delays in the log. */
  private List<String> delays() {
    return log.stream()
        .filter(line -> line.contains(" starts in "))
        .map(line -> line.replaceAll(".* starts in ", ""))
        .toList();
  }

  /** The first process hangs before it listens; its replacement listens. */
  @Test
  void processWithoutHeartbeatIsReportedAndReplaced() throws Exception {
    String script = "mkdir %s/hung && exec sleep 1000; ".formatted(directory) + LISTEN + BEAT;
    Supervisor supervisor = supervisor(1, script, QUICK);
    CompletableFuture<Integer> end = supervise(supervisor);
    awaitLog("all 1 processes listen");
    supervisor.stop();
    assertEquals(0, end.get());
    assertTrue(
        log.get(0).matches("process 1 \\(pid \\d+\\) has been silent for 0 s; after 2 s it .*"),
        log.toString());
    assertTrue(
        log.get(1).matches("process 1 .* ended with status 137; another one starts in .*"),
        log.toString());
  }

  @Test
  void processThatADebuggerMayHaveStoppedIsNotReplaced() {
    assertEquals(0, Watchdog.of(List.of("java", "-agentlib:jdwp=server=y")).killTicks());
    assertEquals(60, Watchdog.of(List.of("java")).killTicks());
  }

  /** The first of the two never reads; its pipe holds some of the configurations. */
  @Test
  void aHungProcessDoesNotDelayChangesOfTheOthers() throws Exception {
    String script =
        LISTEN
            + "mkdir %1$s/first 2>&- && exec sleep 1000;".formatted(directory)
            + " while read config; do echo $config >>%1$s/changes; done".formatted(directory);
    Supervisor supervisor = supervisor(2, script);
    CompletableFuture<Integer> end = supervise(supervisor);
    awaitLog("all 2 processes listen");
    int port = 0;
    while (!Files.exists(directory.resolve("changes")) || port < 1_000) {
      supervisor.change(configuration(2, ++port));
    }
    String last = "\"port\":" + port + ",";
    while (!Files.readString(directory.resolve("changes")).contains(last)) {
      Thread.sleep(10);
    }
    supervisor.stop();
    assertEquals(0, end.get());
  }

  private static CompletableFuture<Integer> supervise(Supervisor supervisor) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return supervisor.supervise();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "supervisor").start());
  }

  private void awaitLog(String line) throws InterruptedException {
    while (!log.contains(line)) {
      Thread.sleep(10);
    }
  }

  /** Of 10 connections and 3 processes; which of them get the remainder does not matter. */
  @Test
  void aLimitIsDividedAmongTheProcesses() {
    assertEquals(
        List.of(4, 3, 3),
        IntStream.rangeClosed(1, 3)
            .mapToObj(number -> ProcessConfigurations.share(10, number, 3))
            .toList());
    assertEquals(1, ProcessConfigurations.share(2, 3, 3));
  }

  @Test
  void aProcessGetsItsShareOfTheLimits() throws Exception {
    Path file = directory.resolve("config");
    supervisor(4, "read config; echo \"$config\" >" + file + "; exit 1").supervise();
    JsonObject config = new JsonObject(Files.readString(file));
    assertEquals(2_500, config.getJsonObject("tcp").getInteger("maxConnections"));
  }
}
