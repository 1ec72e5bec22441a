package io.upper.cli;

import sun.misc.Signal;

/**
 * Handles SIGTERM and SIGINT of a command that serves, from the start of {@code main}: the process
 * stops what it has started so far and exits with 0. Further signals are ignored.
 */
public final class StopSignals {
  // Null if there is nothing to stop.
  private static Runnable stop;
  private static boolean stopping;

  private StopSignals() {}

  /** Starts handling the signals. */
  public static void handle() {
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        // Each signal is handled in a new thread, which may block.
        Signal.handle(new Signal(name), signal -> stop());
      } catch (IllegalArgumentException e) {
        // The JVM option -Xrs.
      }
    }
  }

  /** Whether a stop has begun, which may be the cause of later failures. */
  public static synchronized boolean isStopping() {
    return stopping;
  }

  /**
   * Sets the action of a stop, which replaces an immediate exit. Does not return if a stop has
   * already begun.
   *
   * @param orderly stops, and exits the process with status 0; may block
   */
  static void onStop(Runnable orderly) {
    synchronized (StopSignals.class) {
      if (!stopping) {
        stop = orderly;
        return;
      }
    }
    awaitEnd();
  }

  /** Stops as on a signal; returns at once if a stop has already begun. */
  static void stop() {
    Runnable orderly;
    synchronized (StopSignals.class) {
      if (stopping) {
        return;
      }
      stopping = true;
      orderly = stop;
    }
    SystemdNotifier.stopping();
    if (orderly == null) {
      System.exit(0);
    } else {
      orderly.run();
    }
  }

  private static void awaitEnd() {
    while (true) {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        // Keep waiting for the exit.
      }
    }
  }
}
