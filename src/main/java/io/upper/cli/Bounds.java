package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.time.Duration;

/** Rejects option values that are out of bounds, naming option, value and bounds. */
final class Bounds {

  private Bounds() {}

  static void require(boolean right, String message) {
    if (!right) {
      throw new ConfigurationException(message);
    }
  }

  /** Returns the value, which then fits into an int. */
  static int requireIn(String option, long value, int min, int max) {
    require(value >= min && value <= max, option + ": " + value + outside(min, max));
    return (int) value;
  }

  static void requireIn(String option, Duration value, Duration min, Duration max) {
    require(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        option + ": " + text(value) + outside(text(min), text(max)));
  }

  private static String outside(Object min, Object max) {
    return " is not in " + min + ".." + max;
  }

  /** As on the command line: {@code 500ms}, {@code 10s}, {@code 90m}. */
  static String text(Duration time) {
    if (time.getNano() != 0) {
      return time.toMillis() + "ms";
    }
    boolean minutes = time.getSeconds() >= 600 && time.toSecondsPart() == 0;
    return minutes ? time.toMinutes() + "m" : time.getSeconds() + "s";
  }
}
