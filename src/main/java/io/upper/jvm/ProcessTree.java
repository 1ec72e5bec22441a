package io.upper.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process, or several, and all descendants, and what they use of the machine. Where there is no
 * {@code /proc} (Linux), the times of descendants that have ended do not count, and memory is
 * unknown. Thread-safe.
 */
public final class ProcessTree {
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final long NEVER = -1;

  private final List<ProcessHandle> roots;
  // Empty without one.
  private final String mark;
  // By pid, with their start: an environment is inherited, so they will not be marked later.
  private final Map<Long, Long> strangers = new ConcurrentHashMap<>();

  /** The process and those descendants whose parents still run. */
  public ProcessTree(ProcessHandle root) {
    this(root, "");
  }

  /** Several processes and those descendants whose parents still run. */
  public ProcessTree(List<ProcessHandle> roots) {
    this(roots, "");
  }

  /**
   * Also finds descendants whose parents have ended (daemons), where there is {@code /proc}.
   *
   * @param mark {@code NAME=VALUE}, a variable of the environment that the process was started with
   *     and no other process has
   */
  public ProcessTree(ProcessHandle root, String mark) {
    this(List.of(root), mark);
  }

  private ProcessTree(List<ProcessHandle> roots, String mark) {
    this.roots = roots;
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
    return Stream.concat(roots.stream(), living().stream().filter(one -> !roots.contains(one)))
        .mapToLong(figure)
        .sum();
  }

  /** All that run, the roots first; a process that waits for its parent (zombie) does not run. */
  public Set<ProcessHandle> living() {
    List<ProcStat> all = ProcStat.all();
    Set<Long> members = all.isEmpty() ? descendants() : members(all);
    Set<ProcessHandle> living = new LinkedHashSet<>();
    for (long pid : members) {
      ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(living::add);
    }
    return living;
  }

  private Set<Long> descendants() {
    return roots.stream()
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .map(ProcessHandle::pid)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** In one look at all processes: there may be thousands, and more every moment. */
  private Set<Long> members(List<ProcStat> all) {
    Map<Long, List<ProcStat>> children =
        all.stream().collect(Collectors.groupingBy(ProcStat::parent));
    Set<Long> members = new LinkedHashSet<>();
    roots.stream()
        .filter(ProcessHandle::isAlive)
        .forEach(root -> add(root.pid(), children, members));
    all.stream()
        .filter(process -> !members.contains(process.pid()) && isMarked(process))
        .map(ProcStat::pid)
        .toList()
        .forEach(pid -> add(pid, children, members));
    all.stream().filter(ProcStat::zombie).map(ProcStat::pid).forEach(members::remove);
    return members;
  }

  private static void add(long process, Map<Long, List<ProcStat>> children, Set<Long> members) {
    Deque<Long> open = new ArrayDeque<>(List.of(process));
    while (!open.isEmpty()) {
      long pid = open.remove();
      if (members.add(pid)) {
        children.getOrDefault(pid, List.of()).forEach(child -> open.add(child.pid()));
      }
    }
  }

  /** The file of a zombie is empty, and that of another user's process cannot be read. */
  private boolean isMarked(ProcStat process) {
    if (mark.isEmpty() || strangers.getOrDefault(process.pid(), NEVER) == process.start()) {
      return false;
    }
    try {
      Path file = ProcStat.PROC.resolve(process.pid() + "/environ");
      // This charset maps each byte to one character.
      String environment = Files.readString(file, StandardCharsets.ISO_8859_1);
      boolean marked = ("\0" + environment).contains("\0" + mark + "\0");
      // It is empty for a moment when another program takes over.
      if (!marked && !environment.isEmpty()) {
        strangers.put(process.pid(), process.start());
      }
      return marked;
    } catch (IOException e) {
      return false;
    }
  }

  private static long cpuNanos(ProcessHandle process) {
    return ProcStat.of(process.pid())
        .map(stat -> stat.cpuTicks() * NANOS_PER_TICK)
        .orElseGet(() -> process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L));
  }
}
