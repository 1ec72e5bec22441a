package io.upper.check.course;

import io.upper.jvm.ChildJvm;
import io.upper.jvm.ProcessTree;
import io.upper.jvm.ResidentMemory;
import io.upper.report.Units;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A child process that grades a submission; it is ended, with all that it has started, when the
 * submission exceeds a limit. Used by one thread.
 *
 * <p>Processes are counted and measured every {@value #SAMPLE_MILLIS} ms, and as soon as the whole
 * system has {@value #JUMP} more: a fork bomb makes thousands in 100 ms. This is no sandbox: a
 * program that hides from it (another session and no environment) is a matter for a container.
 */
final class LimitedProcess {
  // In the environment of all processes, those that leave the tree, too.
  private static final String MARK = "GRADED_IN_CLASS_BY";
  private static final long SAMPLE_MILLIS = 100;
  private static final long POLL_MILLIS = 10;
  private static final int JUMP = 50;
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final Duration KILL = Duration.ofSeconds(10);

  private final Limits limits;
  private final Process process;
  private final ProcessTree tree;
  private final Signals signals;
  // Whether a signal to its process group reaches all but those that have left it.
  private final boolean leads;
  private final long end;

  private LimitedProcess(List<String> command, Path directory, Path output, Limits limits)
      throws IOException {
    this.limits = limits;
    this.leads = isOnPath("setsid");
    String token = UUID.randomUUID().toString();
    ProcessBuilder builder = ChildJvm.process(wrapped(command)).directory(directory.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put(MARK, token);
    end = System.nanoTime() + limits.time().toNanos();
    process = builder.start();
    signals = new Signals();
    process.getOutputStream().close();
    tree = new ProcessTree(process.toHandle(), MARK + "=" + token);
    preferToKill();
  }

  /** Low priority: else a thousand busy processes would keep this one from counting them. */
  private static List<String> wrapped(List<String> command) {
    List<String> all = new ArrayList<>();
    if (isOnPath("setsid")) {
      all.add("setsid");
    }
    if (isOnPath("nice")) {
      all.addAll(List.of("nice", "-n", "10"));
    }
    all.addAll(command);
    return all;
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** If memory runs out between two samples, Linux ends one of these, not another program. */
  private void preferToKill() {
    try {
      Files.writeString(Path.of("/proc/" + process.pid(), "oom_score_adj"), "1000");
    } catch (IOException e) {
      // Not Linux, or it has ended.
    }
  }

  /**
   * How it ended.
   *
   * @param status its exit status
   * @param stopped why it was ended; empty if it ended by itself
   */
  record Ended(int status, String stopped) {}

  /**
   * Runs it; blocks until nothing is left of it.
   *
   * @param output the file to which it prints
   * @param interrupted whether it shall be ended
   * @throws IOException if it cannot be started
   */
  static Ended run(
      List<String> command, Path directory, Path output, Limits limits, BooleanSupplier interrupted)
      throws IOException, InterruptedException {
    LimitedProcess started = new LimitedProcess(command, directory, output, limits);
    String stopped;
    try {
      stopped = started.await(interrupted);
    } finally {
      started.kill();
      started.signals.close();
    }
    return new Ended(started.process.waitFor(), stopped);
  }

  private String await(BooleanSupplier interrupted) throws InterruptedException {
    long next = System.nanoTime();
    int before = tasks();
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (System.nanoTime() < next && tasks() < before + JUMP) {
        continue;
      }
      String exceeded = exceeded();
      next = System.nanoTime() + Duration.ofMillis(SAMPLE_MILLIS).toNanos();
      before = tasks();
      if (interrupted.getAsBoolean()) {
        return "interrupted";
      }
      if (!exceeded.isEmpty()) {
        return exceeded;
      }
      if (System.nanoTime() > end) {
        return "not finished after " + Units.exact(limits.time());
      }
    }
    // Too many processes may have been the end of the grader, too.
    return exceeded();
  }

  /** Processes and threads of the whole system, cheaply; 0 where it is unknown. */
  private static int tasks() {
    try {
      // proc(5): "0.20 0.18 0.12 1/80 11206", of which 80 exist.
      return Integer.parseInt(Files.readString(LOAD).split("[ /]")[4]);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Which limit; empty if none. */
  private String exceeded() {
    Set<ProcessHandle> processes = tree.living();
    processes.remove(process.toHandle());
    if (processes.size() > limits.processes()) {
      return "more than " + Units.count(limits.processes()) + " processes";
    }
    if (memory(processes) > limits.memory()) {
      return "more than " + Units.count(limits.memory() >> 20) + " MiB of memory";
    }
    return "";
  }

  /** Shared pages count once, but only if that matters: to find out is expensive. */
  private long memory(Set<ProcessHandle> processes) {
    long all = processes.stream().mapToLong(one -> ResidentMemory.of(one.pid()).orElse(0)).sum();
    return all <= limits.memory()
        ? all
        : processes.stream()
            .mapToLong(
                one ->
                    ResidentMemory.shareOf(one.pid())
                        .orElseGet(() -> ResidentMemory.of(one.pid()).orElse(0)))
            .sum();
  }

  /** Until none is left. They are stopped first: none starts another while others are killed. */
  private void kill() {
    if (leads && process.isAlive()) {
      // At once, as far as they are still in its process group.
      signals.send("KILL", List.of(-process.pid()));
    }
    long limit = System.nanoTime() + KILL.toNanos();
    Set<ProcessHandle> living = tree.living();
    while (!living.isEmpty() && System.nanoTime() < limit) {
      Set<ProcessHandle> stopped = Set.of();
      while (!stopped.containsAll(living) && System.nanoTime() < limit) {
        signals.send("STOP", living.stream().map(ProcessHandle::pid).toList());
        stopped = living;
        living = tree.living();
      }
      living.forEach(ProcessHandle::destroyForcibly);
      sleep();
      living = tree.living();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      // Ending them is bounded, and must be complete.
    }
  }
}
