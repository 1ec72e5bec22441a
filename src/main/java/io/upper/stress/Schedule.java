package io.upper.stress;

import java.util.SplittableRandom;

/**
 * When one client of an open loop is to send, whatever the server does. All clients together make
 * the rate: with a constant one they take turns; at random (a Poisson process) each draws its own
 * gaps, and processes that are independent add up to one of the whole rate. Times are in
 * nanoseconds from the start of the run.
 */
final class Schedule {
  // More instants than this are not drawn one by one only to be counted.
  private static final int MAX_DRAWN = 100;

  // 73 years: longer than any run, and no sum with it overflows.
  private static final long FOREVER = Long.MAX_VALUE / 4;

  private final double gap;
  private final SplittableRandom random;
  private double next;

  /**
   * @param client its number, from 0
   * @param start when the client starts: it sends nothing before
   */
  Schedule(StressSettings settings, int client, long start) {
    this.gap = settings.clients() * 1e9 / settings.rate();
    this.random = settings.poisson() ? new SplittableRandom(settings.seed() + client) : null;
    if (random == null) {
      next = client * 1e9 / settings.rate();
      skip(start);
    } else {
      next = start + exponential();
    }
  }

  /** When to send next; not beyond {@link #FOREVER}. */
  long next() {
    return (long) Math.min(FOREVER, next);
  }

  /** The next one was sent. */
  void advance() {
    next += random == null ? gap : exponential();
  }

  /**
   * Leaves out what is due before {@code until}.
   *
   * @return how many that are; of a long random time, how many there are on average
   */
  long skip(long until) {
    if (next >= until) {
      return 0;
    }
    if (random == null) {
      double skipped = Math.ceil((until - next) / gap);
      next += skipped * gap;
      return (long) skipped;
    }
    long skipped = 0;
    for (; next < until && skipped < MAX_DRAWN; skipped++) {
      next += exponential();
    }
    if (next < until) {
      skipped += Math.round((until - next) / gap);
      next = until + exponential();
    }
    return skipped;
  }

  private double exponential() {
    return -Math.log(1 - random.nextDouble()) * gap;
  }
}
