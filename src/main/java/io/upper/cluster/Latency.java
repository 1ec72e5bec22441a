package io.upper.cluster;

/**
 * How long jobs usually take, and when one is much older than that: smoothed mean and deviation, as
 * TCP estimates its retransmission timeout (RFC 6298). Not thread-safe.
 */
final class Latency {
  private static final long MIN_NANOS = 1_000_000_000L;
  private static final int DEVIATIONS = 4;
  private static final int PATIENCE = 3;

  private boolean measured;
  private double mean;
  private double deviation;

  /** Adds a job that was sent once (Karn's algorithm): how long it took beyond its own time. */
  void add(long nanos) {
    if (!measured) {
      measured = true;
      mean = nanos;
      deviation = nanos / 2.0;
      return;
    }
    deviation += (Math.abs(nanos - mean) - deviation) / 4;
    mean += (nanos - mean) / 8;
  }

  /** The age, beyond its own time, at which a job is late. At least one second. */
  long lateNanos() {
    return Math.max(MIN_NANOS, (long) (PATIENCE * (mean + DEVIATIONS * deviation)));
  }
}
