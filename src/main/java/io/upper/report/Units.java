package io.upper.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/** Formats figures for people, independent of the locale. */
public final class Units {
  static final String[] TIMES = {"ns", "µs", "ms", "s"};

  private Units() {}

  /** Three significant digits and a fitting unit: {@code 7.30 ms}. */
  public static String time(double nanos) {
    return time(nanos, 3, " ", false);
  }

  public static String time(Duration duration) {
    return time(duration.toNanos());
  }

  /** All digits and a fitting unit: {@code 2.331 s}, {@code 4 s}. */
  public static String exact(Duration duration) {
    return time(duration.toNanos(), 19, " ", true);
  }

  /** Up to four significant digits, as in a condition: {@code 7.3ms}. */
  public static String shortTime(double nanos) {
    return time(nanos, 4, "", true);
  }

  /** The tick of an axis: {@code 5 ms}. */
  public static String tick(double nanos) {
    return time(nanos, 3, " ", true);
  }

  private static String time(double nanos, int digits, String space, boolean strip) {
    if (nanos == 0) {
      return "0" + space + "s";
    }
    // Rounded before the unit is chosen: 999.9 µs are 1.00 ms, not 1000 µs.
    BigDecimal rounded =
        BigDecimal.valueOf(nanos)
            .setScale(0, RoundingMode.HALF_UP)
            .round(new MathContext(digits, RoundingMode.HALF_UP));
    int unit = 0;
    while (unit < TIMES.length - 1 && rounded.compareTo(BigDecimal.valueOf(1000)) >= 0) {
      rounded = rounded.scaleByPowerOfTen(-3);
      unit++;
    }
    BigDecimal shown = strip ? rounded.stripTrailingZeros() : rounded;
    return shown.toPlainString() + space + TIMES[unit];
  }

  /** {@code 12,345}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** A rate per second: {@code 12,345} or {@code 12.3}. */
  public static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 100 ? "%.1f" : "%,.0f", perSecond);
  }

  /** {@code 12.3 %}. */
  public static String percent(long part, long whole) {
    return whole == 0 ? "0 %" : percent((double) part / whole);
  }

  /** {@code 100 %} and {@code 0 %} only if exact. */
  public static String percent(double share) {
    if (share == 0 || share == 1) {
      return share == 0 ? "0 %" : "100 %";
    }
    if (share > 0 && share < 0.0005) {
      return "under 0.1 %";
    }
    if (share > 0.9994 && share < 1) {
      return "over 99.9 %";
    }
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  /** {@code 1 client}, {@code 2 clients}. */
  public static String plural(long count, String noun) {
    return count(count) + " " + noun + (count == 1 ? "" : "s");
  }
}
