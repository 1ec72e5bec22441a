package io.upper.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What Linux says of a process in {@code /proc/PID/stat}; see proc(5).
 *
 * @param zombie whether it has ended, and waits for its parent
 * @param kernel whether it is a thread of the kernel
 * @param parent the parent's pid
 * @param start with the pid it names one process for ever
 * @param cpuTicks of itself and of the children that it has waited for, in 1/100 s on every
 *     architecture
 */
record ProcStat(long pid, boolean zombie, boolean kernel, long parent, long start, long cpuTicks) {
  static final Path PROC = Path.of("/proc");

  // Fields after the name in parentheses.
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int FLAGS = 6;
  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;
  private static final int START = 19;

  // PF_KTHREAD.
  private static final long KERNEL = 0x200000;

  /** Empty when there is no such file, or the process has ended. */
  static Optional<ProcStat> of(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/stat"));
      String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
      // A name may contain parentheses, blanks and line ends.
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      long ticks = 0;
      for (int field = USER_TIME; field <= CHILDREN_SYSTEM_TIME; field++) {
        ticks += Long.parseLong(fields[field]);
      }
      return Optional.of(
          new ProcStat(
              pid,
              fields[STATE].equals("Z"),
              (Long.parseLong(fields[FLAGS]) & KERNEL) != 0,
              Long.parseLong(fields[PARENT]),
              Long.parseLong(fields[START]),
              ticks));
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** All processes, without threads of the kernel; empty where there is no {@code /proc}. */
  static List<ProcStat> all() {
    String[] names = PROC.toFile().list((directory, name) -> Character.isDigit(name.charAt(0)));
    List<ProcStat> all = new ArrayList<>();
    for (String name : names == null ? new String[0] : names) {
      of(Long.parseLong(name)).filter(process -> !process.kernel()).ifPresent(all::add);
    }
    return all;
  }
}
