package io.upper.stress;

import java.util.SplittableRandom;

/**
 * When one client of an open loop is to send, whatever the server does. All clients together make
 * the rate: with a constant one they take turns; at random (a Poisson process) each draws its own
 * gaps, and processes that are independent add up to one of the whole rate.
 */
final class Schedule {
  private final double gapNanos;
  private final SplittableRandom random;
  private double next;

  /**
   * @param start when the first client is to send ({@link System#nanoTime})
   * @param client its number, from 0
   */
  Schedule(StressSettings settings, long start, int client) {
    this.gapNanos = settings.clients() * 1e9 / settings.rate();
    this.random = settings.poisson() ? new SplittableRandom(settings.seed() + client) : null;
    this.next = start + (random == null ? client * 1e9 / settings.rate() : exponential());
  }

  /** When to send next ({@link System#nanoTime}). */
  long next() {
    double planned = next;
    next += random == null ? gapNanos : exponential();
    return (long) planned;
  }

  private double exponential() {
    return -Math.log(1 - random.nextDouble()) * gapNanos;
  }
}
