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

  private volatile Grader grader;
  private volatile boolean happened;

  /** Handles SIGINT and SIGTERM, except with -Xrs. */
  void listen() {
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), received -> stop());
      } catch (IllegalArgumentException e) {
        return; // -Xrs
      }
    }
  }

  private void stop() {
    if (happened) {
      System.exit(STATUS);
    }
    happened = true;
    Grader running = grader;
    if (running != null) {
      running.stop();
    }
  }

  /** Grades; the cases that are left after a signal are skipped. */
  Report grade(Grader next) {
    grader = next;
    if (happened) {
      next.stop();
    }
    return next.grade();
  }

  boolean happened() {
    return happened;
  }
}
