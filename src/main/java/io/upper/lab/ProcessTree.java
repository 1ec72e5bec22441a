package io.upper.lab;

import io.upper.jvm.ResidentMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a process and all its descendants use of the machine. Where there is no {@code /proc}
 * (Linux), descendants that have ended do not count, and memory is not told.
 */
final class ProcessTree {
  // proc(5): times are in clock ticks, which are 1/100 s on every architecture of Linux.
  private static final long NANOS_PER_TICK = 10_000_000;

  // Fields of /proc/PID/stat after the name in parentheses: of the process itself, then of the
  // children that it has waited for.
  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  private final ProcessHandle root;

  ProcessTree(ProcessHandle root) {
    this.root = root;
  }

  /** Processor time so far. */
  Duration cpu() {
    return Duration.ofNanos(sum(ProcessTree::cpuNanos));
  }

  /** Resident memory in bytes; pages that processes share count for each. 0 where it is unknown. */
  long resident() {
    return sum(process -> ResidentMemory.of(process.pid()).orElse(0));
  }

  private long sum(ToLongFunction<ProcessHandle> figure) {
    return Stream.concat(Stream.of(root), root.descendants()).mapToLong(figure).sum();
  }

  private static long cpuNanos(ProcessHandle process) {
    List<String> stat = stat(process);
    if (stat.isEmpty()) {
      return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
    String line = stat.get(0);
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int field = USER_TIME; field <= CHILDREN_SYSTEM_TIME; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks * NANOS_PER_TICK;
  }

  /** Empty when there is no such file, or the process has ended. */
  private static List<String> stat(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid(), "stat"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
