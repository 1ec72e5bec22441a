package io.upper.cli;

import sun.misc.Signal;

/**
 * SIGTERM and SIGINT of a command that serves, from the first line of {@code main} on: they end the
 * process with status 0, after an orderly stop of whatever it has started by then. Further signals
 * change nothing.
 */
public final class StopSignals {
  // Null while there is nothing to stop.
  private static Runnable stop;
  private static boolean stopping;

  private StopSignals() {}

  /** Begins to handle them. */
  public static void handle() {
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        // Each signal has a thread of its own: it may wait.
        Signal.handle(new Signal(name), signal -> stop());
      } catch (IllegalArgumentException e) {
        // The JVM was told to leave signals alone (-Xrs).
      }
    }
  }

  /** Whether a stop has begun: what fails from now on fails because of it. */
  public static synchronized boolean isStopping() {
    return stopping;
  }

  /**
   * Sets what a stop does from now on, in place of ending the process at once. Does not return if a
   * stop has begun already: the process is about to end.
   *
   * @param orderly stops and has the process end, with status 0; may block
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

  /** Stops as a signal does; returns at once if a stop has begun already. */
  static void stop() {
    Runnable orderly;
    synchronized (StopSignals.class) {
      if (stopping) {
        return;
      }
      stopping = true;
      orderly = stop;
    }
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
        // Nothing else is to be done here.
      }
    }
  }
}
