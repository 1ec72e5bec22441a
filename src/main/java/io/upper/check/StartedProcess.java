package io.upper.check;

import io.upper.jvm.ChildJvm;
import io.upper.jvm.Daemon;
import io.upper.jvm.ProcessTree;
import io.upper.jvm.UsageMeter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A process that is watched, and ended with all that it has started. Thread-safe. */
final class StartedProcess {
  // No name that begins with UPPER_: those are settings of an Upper that is checked.
  private static final String MARK = "CHECKED_BY_UPPER";
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration KILL = Duration.ofSeconds(10);
  private static final Duration SAMPLE = Duration.ofMillis(500);
  private static final long POLL_MILLIS = 20;
  private static final long OUTPUT_MILLIS = 1000;
  private static final int SIGNALLED = 128;
  private static final int BY_SIGTERM = SIGNALLED + 15;

  private final Process process;
  private final ProcessTree processes;
  private final UsageMeter meter;
  private final LastLines lines = new LastLines();
  private final Thread reader;

  /**
   * Starts it.
   *
   * @throws IOException in one line, if that fails
   */
  StartedProcess(List<String> command) throws IOException {
    String token = UUID.randomUUID().toString();
    ProcessBuilder builder = ChildJvm.process(command).redirectErrorStream(true);
    builder.environment().put(MARK, token);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException("cannot start " + command.get(0) + ": " + reason(e), e);
    }
    processes = new ProcessTree(process.toHandle(), MARK + "=" + token);
    meter = UsageMeter.start(processes, SAMPLE);
    reader = Daemon.start("upper-check-output", this::readOutput);
  }

  /** {@code Cannot run program "x": error=2, No such file or directory}, or newer spellings. */
  private static String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No such file")
        ? "there is no such program"
        : message.replaceFirst("^Cannot run program .*?: ", "").replaceFirst("^error=\\d+, ", "");
  }

  private void readOutput() {
    byte[] buffer = new byte[8192];
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
        lines.add(buffer, count);
      }
    } catch (IOException e) {
      // Its end.
    }
  }

  List<String> lastLines() {
    return lines.get();
  }

  /** Why it has ended, with its last line; empty while one of its processes runs. */
  Optional<String> ended() {
    if (process.isAlive() || !processes.living().isEmpty()) {
      return Optional.empty();
    }
    try {
      reader.join(OUTPUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.of("the server ended " + status() + lastLine());
  }

  private String status() {
    int status = process.exitValue();
    return status > SIGNALLED ? "by signal " + (status - SIGNALLED) : "with status " + status;
  }

  /** After a colon; of a stack trace of Java its first line. Empty if there is none. */
  String lastLine() {
    return lines.get().stream()
        .filter(line -> !line.startsWith(" at "))
        .reduce((earlier, later) -> later)
        .map(line -> ": " + line)
        .orElse("");
  }

  /** Sends a signal to the first process; to all if it has ended, and others serve. */
  void signal(boolean kill) {
    Set<ProcessHandle> receivers =
        process.isAlive() ? Set.of(process.toHandle()) : processes.living();
    for (ProcessHandle each : receivers) {
      if (kill) {
        each.destroyForcibly();
      } else {
        each.destroy();
      }
    }
  }

  /** How many of its processes run. */
  int running() {
    return processes.living().size();
  }

  /** Waits for its exit status; empty if it still runs after this time. */
  OptionalInt status(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** The most descriptors that one of its processes has open; 0 where it is unknown. */
  int descriptors() {
    return processes.living().stream()
        .map(each -> Path.of("/proc", "" + each.pid(), "fd").toFile().list())
        .filter(Objects::nonNull)
        .mapToInt(names -> names.length)
        .max()
        .orElse(0);
  }

  /** In bytes; 0 where it is unknown. */
  long resident() {
    return processes.resident();
  }

  /** What it has used so far. */
  Report.Usage usage() {
    return new Report.Usage(meter.cpu(), meter.mostResident(), "it runs");
  }

  /** SIGTERM, and SIGKILL after 5 s; blocks until nothing is left of it. */
  Report.Usage end() {
    Duration cpu = meter.cpu();
    String before = process.isAlive() ? "" : "it had ended " + status();
    process.toHandle().destroy();
    awaitEnd(true);
    if (!process.isAlive()) {
      // Those that it left behind may not know.
      processes.living().forEach(ProcessHandle::destroy);
      awaitEnd(false);
    }
    boolean killed = process.isAlive();
    int left = processes.living().size();
    kill();
    meter.close();
    return new Report.Usage(cpu, meter.mostResident(), exit(before, killed, left));
  }

  private String exit(String before, boolean killed, int left) {
    if (killed) {
      return "it was killed: SIGTERM did not end it in " + STOP.toSeconds() + " s";
    }
    String own = before.isEmpty() ? stopped() : before;
    return left == 0 ? own : own + "; processes left behind, and killed: " + left;
  }

  private String stopped() {
    return process.exitValue() == BY_SIGTERM
        ? "SIGTERM ended it"
        : "it ended " + status() + " at SIGTERM";
  }

  private void awaitEnd(boolean onlyTheFirst) {
    long end = System.nanoTime() + STOP.toNanos();
    while (System.nanoTime() < end
        && (onlyTheFirst ? process.isAlive() : !processes.living().isEmpty())) {
      sleep();
    }
  }

  /** Again and again: one may have started another meanwhile. */
  private void kill() {
    long end = System.nanoTime() + KILL.toNanos();
    Set<ProcessHandle> living = processes.living();
    while (!living.isEmpty() && System.nanoTime() < end) {
      living.forEach(ProcessHandle::destroyForcibly);
      sleep();
      living = processes.living();
    }
    try {
      process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      // Ending a server is bounded, and must be complete.
    }
  }
}
