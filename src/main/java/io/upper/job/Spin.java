package io.upper.job;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU work in units of constant cost.
 *
 * <p>A loop that watches the clock ends after the same wall time on a busy machine, however little
 * it has computed, so adding instances would seem to exceed the speed of the CPUs. Instead the work
 * of one millisecond is measured once, and then that amount is done.
 */
final class Spin {
  // Rounds speed up until the JIT compiler is done: calibration ends after so many without gain.
  private static final int ROUNDS_WITHOUT_GAIN = 10;
  private static final double GAIN = 1.05;
  private static final long CALIBRATION_NANOS = 5_000_000;
  private static final int STEPS_PER_UNIT = 1_000;

  private static final double UNITS_PER_MILLI = measure();

  // Keeps the JIT compiler from eliminating the loop; lost updates are harmless.
  private static volatile long sink;

  private Spin() {}

  /** Measures this machine, on the first call only: takes about 60 ms. */
  static void calibrate() {
    // The class initialiser has done the work.
  }

  static void work(int millis) {
    units((long) (millis * UNITS_PER_MILLI));
  }

  private static void units(long count) {
    long x = sink | 1;
    for (long i = count * STEPS_PER_UNIT; i > 0; i--) {
      // xorshift64: Marsaglia, "Xorshift RNGs", 2003
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
    }
    sink = x;
  }

  /** Returns the speed of the fastest round, in units per millisecond. */
  private static double measure() {
    double best = 0;
    for (int rest = ROUNDS_WITHOUT_GAIN; rest > 0; rest--) {
      double unitsPerMilli = round();
      if (unitsPerMilli > GAIN * best) {
        rest = ROUNDS_WITHOUT_GAIN;
      }
      best = Math.max(best, unitsPerMilli);
    }
    return best;
  }

  private static double round() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    long nanos;
    long units = 0;
    do {
      units(10);
      units += 10;
      nanos = threads.getCurrentThreadCpuTime() - start;
    } while (nanos < CALIBRATION_NANOS);
    return units * 1e6 / nanos;
  }
}
