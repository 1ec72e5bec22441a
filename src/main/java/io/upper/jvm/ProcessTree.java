package io.upper.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * A process and all its descendants, and what they use of the machine. Where there is no {@code
 * /proc} (Linux), the times of descendants that have ended do not count, and memory is unknown.
 * Thread-safe.
 */
public final class ProcessTree {
  private static final Path PROC = Path.of("/proc");

  // proc(5): times are in clock ticks, which are 1/100 s on every architecture of Linux.
  private static final long NANOS_PER_TICK = 10_000_000;

  // Fields of /proc/PID/stat after the name in parentheses: of the process itself, then of the
  // children that it has waited for.
  private static final int STATE = 0;
  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  private final ProcessHandle root;
  // Empty without one.
  private final String mark;

  /** The process and those descendants whose parents still run. */
  public ProcessTree(ProcessHandle root) {
    this(root, "");
  }

  /**
   * Also finds descendants whose parents have ended (daemons), where there is {@code /proc}.
   *
   * @param mark {@code NAME=VALUE}, a variable of the environment that the process was started with
   *     and no other process has
   */
  public ProcessTree(ProcessHandle root, String mark) {
    this.root = root;
    this.mark = mark;
  }

  /** Processor time so far. */
  public Duration cpu() {
    return Duration.ofNanos(sum(ProcessTree::cpuNanos));
  }

  /** Resident memory in bytes; pages that processes share count for each. 0 where it is unknown. */
  public long resident() {
    return sum(process -> ResidentMemory.of(process.pid()).orElse(0));
  }

  private long sum(ToLongFunction<ProcessHandle> figure) {
    return Stream.concat(Stream.of(root), living().stream().filter(one -> !one.equals(root)))
        .mapToLong(figure)
        .sum();
  }

  /** All that run, the root first; a process that waits for its parent (zombie) does not run. */
  public Set<ProcessHandle> living() {
    Set<ProcessHandle> living = new LinkedHashSet<>();
    Stream.concat(Stream.of(root), root.descendants())
        .filter(ProcessTree::runs)
        .forEach(living::add);
    if (!mark.isEmpty()) {
      addMarked(living);
    }
    return living;
  }

  private void addMarked(Set<ProcessHandle> found) {
    try (DirectoryStream<Path> pids = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path pid : pids) {
        if (isMarked(pid)) {
          ProcessHandle.of(Long.parseLong(pid.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
  }

  /** The file of a zombie is empty, and that of another user's process cannot be read. */
  private boolean isMarked(Path pid) {
    try {
      // This charset maps each byte to one character.
      String environment = Files.readString(pid.resolve("environ"), StandardCharsets.ISO_8859_1);
      return ("\0" + environment).contains("\0" + mark + "\0");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && stat(process).map(stat -> !stat[STATE].equals("Z")).orElse(true);
  }

  private static long cpuNanos(ProcessHandle process) {
    Optional<String[]> stat = stat(process);
    if (stat.isEmpty()) {
      return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
    long ticks = 0;
    for (int field = USER_TIME; field <= CHILDREN_SYSTEM_TIME; field++) {
      ticks += Long.parseLong(stat.get()[field]);
    }
    return ticks * NANOS_PER_TICK;
  }

  /** The fields; empty when there is no such file, or the process has ended. */
  private static Optional<String[]> stat(ProcessHandle process) {
    try {
      List<String> lines =
          Files.readAllLines(PROC.resolve(process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
      String all = String.join(" ", lines); // A name may contain line ends.
      return Optional.of(all.substring(all.lastIndexOf(')') + 2).split(" "));
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
