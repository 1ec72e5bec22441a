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
 * The file descriptors of this process. Accepting leaves some free: a class that cannot be loaded
 * for lack of one stays missing for good, and a child process that is started with too few of them
 * damages this process (see {@link #start}). Thread-safe.
 *
 * <pre>
 *   0 ... RESERVE ........ TO_START ........... KEPT_FOR_CHILDREN ........ limit
 *         no accept below  no child below       no accept below, once there are children
 * </pre>
 */
public final class FileDescriptors {
  /**
   * For classes, files, and what is accepted while a child is started: a batch of Netty's is 16.
   */
  private static final int RESERVE = 20;

  /** The pipes of a child and of its start, for a moment; two stay. */
  private static final int CHILD = 10;

  private static final int TO_START = RESERVE + CHILD;

  // More than is needed to start one: else the connections that wait for children could keep all.
  private static final int KEPT_FOR_CHILDREN = TO_START + CHILD;

  /** Where the limit is raised, in words. */
  public static final String HOW_TO_RAISE = "ulimit -n, or LimitNOFILE of systemd";

  private static final long RETRY_MILLIS = 20;

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final boolean LINUX = Files.isDirectory(OPEN);
  private static final int LIMIT = LINUX ? limit(Path.of("/proc/self/limits")) : limitOfSystem();

  private static final AtomicInteger accepts = new AtomicInteger();
  private static final Semaphore turn = new Semaphore(1, true);
  private static final AtomicInteger starting = new AtomicInteger();
  private static volatile int kept = RESERVE;

  private FileDescriptors() {}

  /** How many there may be in this process; {@link Integer#MAX_VALUE} if that is unknown. */
  public static int limit() {
    return LIMIT;
  }

  /** How many may still be opened. */
  public static int free() {
    return LIMIT == Integer.MAX_VALUE ? LIMIT : Math.max(0, LIMIT - open());
  }

  /** Why nothing is accepted, in words, and what to do. */
  public static String shortage() {
    return String.format(
        Locale.ROOT,
        "%d of %d file descriptors are free, and %d are kept: raise the limit (%s)",
        free(),
        LIMIT,
        kept,
        HOW_TO_RAISE);
  }

  /** Child processes are going to be started: more descriptors are kept free from now on. */
  public static void keepForChildren() {
    kept = KEPT_FOR_CHILDREN;
    accepts.set(0);
  }

  /**
   * Whether another connection may be accepted. Call it once for each: they are counted, and the
   * system is asked only when half of what was free may be gone.
   */
  public static boolean mayAccept() {
    if (accepts.decrementAndGet() > 0) {
      return true;
    }
    int spare = free() - kept;
    accepts.set(spare / 2);
    return spare > 0;
  }

  /**
   * Starts a child process; blocks until there are descriptors for it, beside those for the ones
   * that are being started: near the limit that is one at a time. For when the JDK (17 to 25)
   * cannot make the pipes of a child, it closes descriptors with uninitialised numbers, which
   * belong to others.
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
      return openOfSystem();
    }
    try {
      long size = Files.size(OPEN); // Their number since Linux 6.2, 0 before; takes no descriptor.
      if (size > 0) {
        return (int) size;
      }
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
    String[] names = new File(OPEN.toString()).list();
    return names == null ? Integer.MAX_VALUE : names.length;
  }

  /** The soft limit; the JVM has raised it to the hard one when it started. */
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

  private static int limitOfSystem() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(Integer.MAX_VALUE, unix.getMaxFileDescriptorCount())
        : Integer.MAX_VALUE;
  }

  private static int openOfSystem() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof UnixOperatingSystemMXBean unix
        ? (int) unix.getOpenFileDescriptorCount()
        : 0;
  }
}
