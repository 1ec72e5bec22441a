package io.upper.stress;

import java.util.SplittableRandom;

/**
 * The schedule of one client in an open loop, independent of the server. All clients together
 * produce the rate. At a constant rate they take turns; with Poisson arrivals each draws its own
 * gaps, and the independent processes add up to one of the whole rate. Times are in nanoseconds
 * from the start of the run.
 */
final class Schedule {
  // Beyond this many, skipped arrivals are estimated instead of drawn.
  private static final int MAX_DRAWN = 100;

  // 73 years: longer than any run, and sums with it do not overflow.
  private static final long FOREVER = Long.MAX_VALUE / 4;

  private final double gap;
  private final SplittableRandom random;
  private double next;

  /**
   * @param client index of the client, from 0
   * @param start when the client starts; nothing is due before
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

  /** When to send next, at most {@link #FOREVER}. */
  long next() {
    return (long) Math.min(FOREVER, next);
  }

  /** Moves on to the request after the next. */
  void advance() {
    next += random == null ? gap : exponential();
  }

  /**
   * Skips the requests due before {@code until}.
   *
   * @return their number; for long random schedules, the expected number
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
