package io.upper.job;

import io.upper.text.Word;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The simulated job before each reply, as in the Python examples.
 *
 * @param kind what the job does
 * @param millis its duration in milliseconds; with {@link Kind#SPIN}, of CPU time
 */
public record Job(Kind kind, int millis) {

  public static final Job NONE = new Job(Kind.NONE, 0);

  private static final Pattern TEXT = Pattern.compile("(sleep|spin):([1-9]\\d{0,5})(ms|s)");

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

  /**
   * Reads a job such as {@code sleep:100ms}, {@code spin:5s} or {@code none}. May take the time of
   * measuring the processor, for {@link Kind#SPIN}.
   *
   * @return empty if the text is no job
   */
  public static Optional<Job> parse(String text) {
    if (text.equals("none")) {
      return Optional.of(NONE);
    }
    Matcher job = TEXT.matcher(text);
    if (!job.matches()) {
      return Optional.empty();
    }
    int millis = Integer.parseInt(job.group(2)) * (job.group(3).equals("s") ? 1_000 : 1);
    return Optional.of(new Job(Kind.valueOf(job.group(1).toUpperCase(Locale.ROOT)), millis));
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
