package io.upper.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Maps values to the range 0 to 1 and chooses the ticks, which are round values. */
public final class Scale {
  private static final double[] ROUND = {1, 2, 5, 10};
  private static final int MAX_TICKS = 6;
  // With more decades, only powers of ten are ticks.
  private static final double FEW_DECADES = 2.5;

  private final double min;
  private final double max;
  private final boolean logarithmic;
  private final List<Double> ticks;

  private Scale(double min, double max, boolean logarithmic, List<Double> ticks) {
    this.min = min;
    this.max = max;
    this.logarithmic = logarithmic;
    this.ticks = List.copyOf(ticks);
  }

  /** A linear scale from {@code min} to {@code max}. */
  public static Scale linear(double min, double max) {
    double end = max > min ? max : min + 1;
    return new Scale(min, end, false, multiples(step(end - min), min, end));
  }

  /** A linear scale of integers from 0 to a round number of at least {@code max}. */
  public static Scale counts(double max) {
    double step = Math.max(1, step(Math.max(max, 1)));
    double end = step * Math.ceil(Math.max(max, 1) / step - 1e-9);
    return new Scale(0, end, false, multiples(step, 0, end));
  }

  /** A logarithmic scale whose ends are rounded outwards. */
  public static Scale logarithmic(double min, double max) {
    if (!(min > 0)) {
      throw new IllegalArgumentException(min + " has no logarithm: choose a minimum above 0");
    }
    double from = roundDown(min);
    double to = roundUp(Math.max(max, min));
    if (to <= from) {
      to = roundUp(from * 1.5);
    }
    boolean powersOnly = Math.log10(to / from) > FEW_DECADES;
    List<Double> ticks = new ArrayList<>();
    for (int power = exponent(from); power <= exponent(to); power++) {
      for (int i = 0; i < (powersOnly ? 1 : 3); i++) {
        double tick = ROUND[i] * Math.pow(10, power);
        if (tick >= from * 0.999 && tick <= to * 1.001) {
          ticks.add(tick);
        }
      }
    }
    return new Scale(from, to, true, ticks);
  }

  /** The position of a value: 0 at the start of the scale, 1 at its end. */
  public double at(double value) {
    return logarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  }

  /** The ticks, in ascending order. */
  public List<Double> ticks() {
    return ticks;
  }

  private static double step(double span) {
    return roundUp(span / MAX_TICKS);
  }

  private static List<Double> multiples(double step, double min, double max) {
    List<Double> multiples = new ArrayList<>();
    // Multiplied, since adding steps would accumulate rounding errors.
    for (long i = (long) Math.ceil(min / step - 1e-9); i * step <= max * (1 + 1e-9); i++) {
      multiples.add(i * step);
    }
    return multiples;
  }

  private static double roundDown(double value) {
    double power = Math.pow(10, exponent(value));
    return power * DoubleStream.of(ROUND).filter(r -> r * power <= value * 1.001).max().orElse(1);
  }

  private static double roundUp(double value) {
    double power = Math.pow(10, exponent(value));
    for (double round : ROUND) {
      if (round * power >= value * 0.999) {
        return round * power;
      }
    }
    return 10 * power;
  }

  private static int exponent(double value) {
    return (int) Math.floor(Math.log10(value) + 1e-9);
  }
}
