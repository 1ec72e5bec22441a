package io.upper.job;

import io.upper.text.Word;

/**
 * The simulated job before each reply, as in the Python examples.
 *
 * @param kind what the job does
 * @param millis its duration in milliseconds; with {@link Kind#SPIN}, of CPU time
 */
public record Job(Kind kind, int millis) {

  public static final Job NONE = new Job(Kind.NONE, 0);

  /** The kind of job. */
  public enum Kind implements Word {
    /** No work: the reply follows at once. */
    NONE,
    /** Waits, as for a disk or a database, and leaves the CPU free. */
    SLEEP,
    /** Computes and keeps a CPU busy. */
    SPIN
  }

  public Job {
    if (millis == 0) {
      kind = Kind.NONE;
    }
    if (kind == Kind.SPIN) {
      Spin.calibrate();
    }
  }

  /** Does the whole job; blocks the calling thread. */
  public void run() throws InterruptedException {
    switch (kind) {
      case NONE -> {}
      case SLEEP -> Thread.sleep(millis);
      case SPIN -> spin(millis);
    }
  }

  /** Computes on the calling thread for {@code millis} milliseconds of CPU time. */
  public static void spin(int millis) {
    Spin.work(millis);
  }
}
