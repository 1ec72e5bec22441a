package io.upper.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Formats times so that printed parts add up to the printed total: all instants are rounded to the
 * same step, and a time is the difference of two rounded instants. All times have the unit and the
 * decimals of the longest.
 */
public final class RoundedTimes {
  private final long step;
  private final int unit;
  private final int decimals;

  private RoundedTimes(long step, int unit, int decimals) {
    this.step = step;
    this.unit = unit;
    this.decimals = decimals;
  }

  /**
   * @param longest the longest time, in nanoseconds
   * @param digits significant digits of the longest; with 3 it is printed like {@link
   *     Units#time(double)}
   */
  public static RoundedTimes upTo(long longest, int digits) {
    BigDecimal rounded =
        BigDecimal.valueOf(Math.max(1, longest))
            .round(new MathContext(digits, RoundingMode.HALF_UP));
    int length = rounded.precision() - rounded.scale();
    int unit = Math.min(Units.TIMES.length - 1, (length - 1) / 3);
    int exponent = Math.max(0, length - digits);
    return new RoundedTimes(
        BigDecimal.ONE.scaleByPowerOfTen(exponent).longValueExact(),
        unit,
        Math.max(0, 3 * unit - exponent));
  }

  /** The time between two instants, in nanoseconds, both at least 0. */
  public String between(long from, long to) {
    long steps = round(to) - round(from);
    return BigDecimal.valueOf(steps)
            .multiply(BigDecimal.valueOf(step))
            .scaleByPowerOfTen(-3 * unit)
            .setScale(decimals, RoundingMode.UNNECESSARY)
            .toPlainString()
        + " "
        + Units.TIMES[unit];
  }

  /** Whether the time between two instants is printed as 0. */
  public boolean isZero(long from, long to) {
    return round(from) == round(to);
  }

  private long round(long instant) {
    return (instant + step / 2) / step;
  }
}
