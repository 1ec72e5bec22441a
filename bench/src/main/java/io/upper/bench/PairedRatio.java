package io.upper.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How one figure relates to another that was measured in the same rounds: the median of the rounds'
 * ratios, with a 95 % bootstrap interval (Efron's percentile method).
 *
 * <p>A round's two figures are neighbours in time, so most of what disturbs one disturbs the other
 * and leaves their ratio; rounds are resampled as pairs.
 */
record PairedRatio(double low, double middle, double high) {
  private static final int RESAMPLES = 20_000;
  private static final double TAIL = 0.025;
  // The same figures always have the same interval.
  private static final long SEED = 1;

  /**
   * @param after a figure for each round
   * @param before as many, of the same rounds
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

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f (95 %%: %.3f to %.3f)", middle, low, high);
  }
}
