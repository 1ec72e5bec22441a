package io.upper.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * The ratio of two figures measured in the same rounds: the median of the rounds' ratios, with a 95
 * % bootstrap interval (Efron's percentile method).
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
    double[] ratios = each(after, before);
    double[] medians = resampled(ratios, new Random(SEED));
    return interval(medians, median(ratios));
  }

  /**
   * How a ratio changed between two runs, which have no round in common: each is resampled alone.
   *
   * @param after the ratios of the later run's rounds
   * @param before those of the earlier one
   */
  static PairedRatio ofRuns(double[] after, double[] before) {
    Random random = new Random(SEED);
    double[] medians = each(resampled(after, random), resampled(before, random));
    return interval(medians, median(after) / median(before));
  }

  static double[] each(double[] dividends, double[] divisors) {
    double[] ratios = new double[dividends.length];
    Arrays.setAll(ratios, i -> dividends[i] / divisors[i]);
    return ratios;
  }

  private static double[] resampled(double[] figures, Random random) {
    double[] medians = new double[RESAMPLES];
    double[] resample = new double[figures.length];
    for (int i = 0; i < RESAMPLES; i++) {
      Arrays.setAll(resample, round -> figures[random.nextInt(figures.length)]);
      medians[i] = median(resample);
    }
    return medians;
  }

  private static PairedRatio interval(double[] medians, double middle) {
    Arrays.sort(medians);
    return new PairedRatio(
        medians[(int) (TAIL * RESAMPLES)], middle, medians[(int) ((1 - TAIL) * RESAMPLES) - 1]);
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

  /** {@code 1.010 (0.985 to 1.032): cannot tell}: the rounds do not show which is larger. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f to %.3f)%s",
        middle,
        low,
        high,
        isUndecided() ? ": cannot tell" : "");
  }
}
