package io.upper.job;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Work for the processor, in units that cost the same whoever does them.
 *
 * <p>A loop that watches the clock would be done after the same wall time on a busy machine,
 * however little it computed; then more instances would look faster than the processors can be. So
 * the work of a millisecond is measured once, and that amount is done.
 */
final class Spin {
  // The first rounds still wait for the compiler, longer on a busy machine: it is done when so many
  // rounds have brought no gain.
  private static final int ROUNDS_WITHOUT_GAIN = 10;
  private static final double GAIN = 1.05;
  private static final long CALIBRATION_NANOS = 5_000_000;
  private static final int STEPS_PER_UNIT = 1_000;

  private static final double UNITS_PER_MILLI = measure();

  // Keeps the compiler from dropping the loop; a lost update does not matter.
  private static volatile long sink;

  private Spin() {}

  /** Measures this machine, the first time only: some 60 ms. */
  static void calibrate() {
    // Calling is enough: the class initialiser does the work.
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

  /** The best of some rounds. */
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
