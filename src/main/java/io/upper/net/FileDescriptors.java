package io.upper.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The file descriptors of this process. Accepting keeps some in reserve: a class that cannot be
 * loaded for lack of a descriptor stays missing for good, and starting a child process with too few
 * damages this process (see {@link #start}). Thread-safe.
 *
 * <pre>
 *
 *   0 ... RESERVE ........ TO_START ........... RESERVE_WITH_CHILDREN .... limit
 *         no accept below  no child below       no accept below, once there are children
 * </pre>
 */
public final class FileDescriptors {
  /**
   * For classes, files, and connections accepted while a child starts: Netty accepts up to 16 at
   * once.
   */
  private static final int RESERVE = 20;

  /** Pipes of a child while it starts; two remain open. */
  private static final int CHILD = 10;

  private static final int TO_START = RESERVE + CHILD;

  // More than one start needs: otherwise connections waiting for a child could hold all of them.
  private static final int RESERVE_WITH_CHILDREN = TO_START + CHILD;

  /** How to raise the limit, for messages. */
  public static final String HOW_TO_RAISE = "ulimit -n, or LimitNOFILE of systemd";

  private static final long RETRY_MILLIS = 20;

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final boolean LINUX = Files.isDirectory(OPEN);
  private static final int LIMIT = LINUX ? limit(Path.of("/proc/self/limits")) : limitByMxBean();

  private static final AtomicInteger accepts = new AtomicInteger();
  private static final Semaphore turn = new Semaphore(1, true);
  private static final AtomicInteger starting = new AtomicInteger();
  private static volatile int reserve = RESERVE;

  private FileDescriptors() {}

  /** The limit of this process; {@link Integer#MAX_VALUE} if unknown or unlimited. */
  public static int limit() {
    return LIMIT;
  }

  /** The number that can still be opened. */
  public static int free() {
    return LIMIT == Integer.MAX_VALUE ? LIMIT : Math.max(0, LIMIT - open());
  }

  /** Why nothing is accepted and what to do, for messages. */
  public static String shortage() {
    return String.format(
        Locale.ROOT,
        "%d of %d file descriptors are free, and %d are reserved: raise the limit (%s)",
        free(),
        LIMIT,
        reserve,
        HOW_TO_RAISE);
  }

  /** Raises the reserve, since child processes are going to be started. */
  public static void reserveForChildren() {
    reserve = RESERVE_WITH_CHILDREN;
    accepts.set(0);
  }

  /**
   * Whether to accept another connection. Call it once per connection: calls are counted, and the
   * system is queried only when half of the free descriptors may have been used.
   */
  public static boolean mayAccept() {
    if (accepts.decrementAndGet() > 0) {
      return true;
    }
    int spare = free() - reserve;
    accepts.set(spare / 2);
    return spare > 0;
  }

  /**
   * Starts a child process; blocks until there are enough descriptors for it and for other children
   * being started, so near the limit they start one at a time. If the JDK (17 to 25) cannot create
   * a child's pipes, it closes descriptors with uninitialised numbers, which belong to others.
   */
  public static Process start(ProcessBuilder child) throws IOException, InterruptedException {
    turn.acquire();
    try {
      while (free() - CHILD * starting.get() < TO_START) {
        Thread.sleep(RETRY_MILLIS);
      }
      starting.incrementAndGet();
    } finally {
      turn.release();
    }
    try {
      accepts.set(0);
      return child.start();
    } finally {
      starting.decrementAndGet();
    }
  }

  private static int open() {
    if (!LINUX) {
      return openByMxBean();
    }
    try {
      long size = Files.size(OPEN); // The count since Linux 6.2, 0 before; uses no descriptor.
      if (size > 0) {
        return (int) size;
      }
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
    String[] names = new File(OPEN.toString()).list();
    return names == null ? Integer.MAX_VALUE : names.length;
  }

  /** The soft limit, which the JVM raised to the hard limit when it started. */
  private static int limit(Path limits) {
    try {
      for (String line : Files.readAllLines(limits)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).strip().split("\\s+")[0];
          return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Integer.MAX_VALUE; // Or "unlimited".
    }
    return Integer.MAX_VALUE;
  }

  private static int limitByMxBean() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(Integer.MAX_VALUE, unix.getMaxFileDescriptorCount())
        : Integer.MAX_VALUE;
  }

  private static int openByMxBean() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof UnixOperatingSystemMXBean unix
        ? (int) unix.getOpenFileDescriptorCount()
        : 0;
  }
}
