package io.upper.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What programs other than the benchmark's use of the machine's processors, from a start on. */
final class Others {
  // USER_HZ is 100 on every architecture that Java supports.
  private static final double NANOS_PER_TICK = 10_000_000;
  // proc(5): user, nice, system, steal. Not the interrupts: the loopback's are the benchmark's own.
  private static final int[] USED = {0, 1, 2, 7};

  private final double start = busyNanos();
  private final long startNanos = System.nanoTime();

  /**
   * The share of all processors, 0 to 1.
   *
   * @param servers processor time that the peers used since the start, in nanoseconds
   */
  double share(long servers) {
    double elapsed = System.nanoTime() - startNanos;
    double others = busyNanos() - start - servers;
    return Math.max(0, others / elapsed / Runtime.getRuntime().availableProcessors());
  }

  /** Used by all but this process. */
  private static double busyNanos() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try {
      String[] all = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
      long[] ticks = Arrays.stream(all).skip(1).mapToLong(Long::parseLong).toArray();
      long busy = Arrays.stream(USED).mapToLong(column -> ticks[column]).sum();
      return busy * NANOS_PER_TICK - system.getProcessCpuTime();
    } catch (IOException e) {
      throw new UncheckedIOException("no processor times", e);
    }
  }
}
