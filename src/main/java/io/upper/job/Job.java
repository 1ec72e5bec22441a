package io.upper.job;

import java.util.Locale;

/**
 * The simulated complex job that precedes each reply, as in the Python examples.
 *
 * @param kind what the job does
 * @param millis how long it takes; with {@link Kind#SPIN}, milliseconds of processor time
 */
public record Job(Kind kind, int millis) {

  public static final Job NONE = new Job(Kind.NONE, 0);

  /** What a job does. */
  public enum Kind {
    /** Nothing: the reply is made at once. */
    NONE,
    /** It waits, as for a disk or a database; the processor is free meanwhile. */
    SLEEP,
    /** It computes: the processor is busy meanwhile. */
    SPIN;

    /** The word for it in the configuration. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Job {
    if (millis == 0) {
      kind = Kind.NONE;
    }
    if (kind == Kind.SPIN) {
      Spin.calibrate();
    }
  }

  /** Does the whole job on the calling thread, which it blocks meanwhile. */
  public void run() throws InterruptedException {
    switch (kind) {
      case NONE -> {}
      case SLEEP -> Thread.sleep(millis);
      case SPIN -> spin(millis);
    }
  }

  /** Computes for {@code millis} milliseconds of processor time on the calling thread. */
  public static void spin(int millis) {
    Spin.work(millis);
  }
}
