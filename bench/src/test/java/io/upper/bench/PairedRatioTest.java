package io.upper.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ratios whose true value is known. */
class PairedRatioTest {
  private static final double EXACT = 1e-9;

  @Test
  void roundsAreComparedAsPairs() {
    // The ratio of the medians would be 2 / 3.
    PairedRatio ratio = PairedRatio.of(new double[] {1, 2, 30}, new double[] {1, 20, 3});
    assertEquals(1, ratio.middle(), EXACT);
  }

  @Test
  void aDisturbanceOfBothCancelsOut() {
    double[] before = {7, 70, 9, 8, 200};
    double[] after = Arrays.stream(before).map(figure -> 1.1 * figure).toArray();
    PairedRatio ratio = PairedRatio.of(after, before);
    assertEquals(1.1, ratio.low(), EXACT);
    assertEquals(1.1, ratio.high(), EXACT);
    assertEquals("1.100 (1.100 to 1.100)", ratio.toString());
    assertTrue(PairedRatio.ofRuns(after, before).isUndecided(), "runs have no pairs");
  }

  /** Of intervals of 95 %, some 95 in 100 contain the true value, here of nine rounds each. */
  @Test
  void theIntervalIsOf95Percent() {
    Random random = new Random(24);
    int paired = 0;
    int runs = 0;
    for (int n = 0; n < 100; n++) {
      double[] before = noisy(7, 0.05, random);
      double[] after = noisy(7 * 1.2, 0.05, random);
      paired += contains(PairedRatio.of(after, before), 1.2) ? 1 : 0;
      runs += contains(PairedRatio.ofRuns(after, before), 1.2) ? 1 : 0;
    }
    assertTrue(paired >= 88 && paired <= 99, "paired: " + paired);
    assertTrue(runs >= 88 && runs <= 99, "of runs: " + runs);
  }

  @Test
  void equalFiguresAreUndecidedAndDifferentOnesDecided() {
    Random random = new Random(24);
    double[] before = noisy(7, 0.02, random);
    PairedRatio same = PairedRatio.of(noisy(7, 0.02, random), before);
    assertTrue(same.isUndecided(), same::toString);
    assertTrue(same.toString().endsWith("): cannot tell"), same::toString);
    assertFalse(PairedRatio.of(noisy(7.7, 0.02, random), before).isUndecided());
    assertFalse(PairedRatio.of(noisy(6.3, 0.02, random), before).isUndecided());
  }

  @Test
  void runsOfDifferentLengthAreCompared() {
    PairedRatio ratio =
        PairedRatio.ofRuns(new double[] {2.4, 2.6, 2.5}, new double[] {2.1, 1.9, 2, 2.2, 1.8});
    assertEquals(1.25, ratio.middle(), EXACT);
    assertTrue(ratio.low() >= 2.4 / 2.2 && ratio.low() < 1.25, ratio::toString);
    assertTrue(ratio.high() <= 2.6 / 1.8 && ratio.high() > 1.25, ratio::toString);
  }

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
    assertEquals(2.5, PairedRatio.median(new double[] {4, 1, 3, 2}), EXACT);
    assertEquals(3, PairedRatio.median(new double[] {9, 3, 1}), EXACT);
  }

  private static double[] noisy(double middle, double spread, Random random) {
    double[] rounds = new double[9];
    Arrays.setAll(rounds, i -> middle * Math.exp(spread * random.nextGaussian()));
    return rounds;
  }

  private static boolean contains(PairedRatio ratio, double value) {
    return ratio.low() <= value && value <= ratio.high();
  }
}
