package io.upper.cli;

import io.upper.jvm.TemporaryFiles;
import io.upper.net.Listeners;
import java.io.FileNotFoundException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of the process to systemd, if {@code NOTIFY_SOCKET} names its socket (see
 * sd_notify(3)); otherwise does nothing.
 *
 * <pre>
 *   (starting) ---- {@link #ready} ----> READY <---- {@link #reload} ----> RELOADING
 *        |                                 |                                  |
 *        +---------------------------------+----- {@link #stopping} ----------+----> STOPPING
 * </pre>
 *
 * <p>A report that cannot be sent is logged, and changes nothing else. Thread-safe; blocks until
 * the report is sent, at most {@value NotifySocket#PATIENCE_SECONDS} s for each step.
 */
final class SystemdNotifier {
  // Child processes do not get it: see ChildJvm.
  private static final String SOCKET = System.getenv("NOTIFY_SOCKET");

  private static boolean ready;
  private static boolean stopping;

  private SystemdNotifier() {}

  /**
   * Reports that all servers listen.
   *
   * @param addresses where, such as {@code tcp localhost:2000}; may be empty
   */
  static synchronized void ready(List<String> addresses) {
    ready = true;
    report("READY=1" + status(addresses));
  }

  /**
   * Applies a change, which systemd sees as a reload. A change during the start is part of it and
   * is not reported.
   *
   * @param change may throw; it is over even so
   * @param addresses those after the change
   */
  static void reload(Runnable change, Supplier<List<String>> addresses) {
    // The JVM's clock on Linux is CLOCK_MONOTONIC, as systemd requires.
    reportIfReady(
        "RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    try {
      change.run();
    } finally {
      reportIfReady("READY=1" + status(addresses.get()));
    }
  }

  /** Reports that the process drains and ends; nothing is reported after that. */
  static synchronized void stopping() {
    report("STOPPING=1\nSTATUS=draining");
    stopping = true;
  }

  private static String status(List<String> addresses) {
    return addresses.isEmpty() ? "" : "\nSTATUS=listening: " + String.join(", ", addresses);
  }

  private static synchronized void reportIfReady(String state) {
    if (ready) {
      report(state);
    }
  }

  private static void report(String state) {
    if (SOCKET == null || SOCKET.isEmpty() || stopping) {
      return;
    }
    try {
      NotifySocket.send(SOCKET, state);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | LinkageError e) {
      // Not a field: a signal during the start must not set up logging beside the main thread.
      LoggerFactory.getLogger(SystemdNotifier.class)
          .warn(
              "NOTIFY_SOCKET {}: cannot report to systemd: {}; the unit needs Type=exec then",
              SOCKET,
              reason(e instanceof ExecutionException ? e.getCause() : e));
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof LinkageError) {
      return TemporaryFiles.whyNotLoaded(cause);
    }
    // Netty's has no message.
    return cause instanceof FileNotFoundException
        ? "there is no such socket"
        : Listeners.reason(cause);
  }
}
