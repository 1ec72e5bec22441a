package io.upper.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * The ratio of two figures measured in the same rounds: the median of the rounds' ratios, with a
 * 95 % bootstrap interval (Efron's percentile method).
 *
 * <p>The two figures of a round are measured one after the other, so most disturbances affect both
 * and cancel out in their ratio; rounds are resampled as pairs.
 */
record PairedRatio(double low, double middle, double high) {
  private static final int RESAMPLES = 20_000;
  private static final double TAIL = 0.025;
  // Fixed: the same figures always give the same interval.
  private static final long SEED = 1;

  /**
   * @param after one figure per round
   * @param before one figure per round, in the same order
   */
  static PairedRatio of(double[] after, double[] before) {
    double[] ratios = new double[after.length];
    Arrays.setAll(ratios, round -> after[round] / before[round]);
    Random random = new Random(SEED);
    double[] medians = new double[RESAMPLES];
    double[] resample = new double[ratios.length];
    for (int i = 0; i < RESAMPLES; i++) {
      Arrays.setAll(resample, round -> ratios[random.nextInt(ratios.length)]);
      medians[i] = median(resample);
    }
    Arrays.sort(medians);
    return new PairedRatio(
        medians[(int) (TAIL * RESAMPLES)],
        median(ratios),
        medians[(int) ((1 - TAIL) * RESAMPLES) - 1]);
  }

  /** The middle one, or the mean of the two in the middle. */
  static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Whether the rounds do not show which of the two is the larger one. */
  boolean isUndecided() {
    return low <= 1 && high >= 1;
  }

  /** With {@code ?} if the rounds cannot tell which is larger. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.3f (%.3f to %.3f)%s", middle, low, high, isUndecided() ? " ?" : "");
  }
}
