package io.upper.cli;

import io.upper.check.Grader;
import io.upper.check.Report;
import sun.misc.Signal;

/**
 * Ends gradings on a signal: the first one after the case that runs, the second one at once, with
 * the server.
 */
final class Interruption {
  /** The exit status of an interrupted program. */
  static final int STATUS = 128 + 2;

  private volatile Runnable stop = () -> {};
  private volatile boolean happened;

  /** Handles SIGINT and SIGTERM, except with -Xrs. */
  void listen() {
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), received -> interrupt());
      } catch (IllegalArgumentException e) {
        return; // -Xrs
      }
    }
  }

  private void interrupt() {
    if (happened) {
      System.exit(STATUS);
    }
    happened = true;
    stop.run();
  }

  /** Grades; the cases that are left after a signal are skipped. */
  Report grade(Grader next) {
    stops(next::stop);
    return next.grade();
  }

  /** What the first signal does from now on; it may have come already. */
  void stops(Runnable next) {
    stop = next;
    if (happened) {
      next.run();
    }
  }

  boolean happened() {
    return happened;
  }
}
