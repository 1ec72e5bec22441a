package io.upper.stress.report;

import io.upper.report.Units;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * A condition under which a run has failed: {@code p99>5ms}, {@code errors>0}. Latencies are the
 * corrected ones.
 */
public final class Gate {
  private static final Pattern CONDITION =
      Pattern.compile("([a-z0-9.-]+)(>=|<=|>|<)([0-9]+(?:\\.[0-9]+)?)([a-zµ]*)");
  private static final Pattern PERCENTILE = Pattern.compile("p([0-9]{1,3}(?:\\.[0-9]+)?)");
  private static final Map<String, Integer> UNIT_EXPONENTS =
      Map.of("ns", 0, "us", 3, "µs", 3, "ms", 6, "s", 9);
  private static final Map<String, ToDoubleFunction<StressResult>> COUNTS = counts();
  private static final String FAULTS =
      Arrays.stream(Fault.values()).map(Fault::word).collect(Collectors.joining(", "));
  private static final String ALLOWED =
      "write FIGURE, one of > >= < <=, and a limit: p99>5ms (p0 to p100, mean, min, max; in ns, us,"
          + " ms, s), gap>2s, rate<1000, errors>0, never-served>0,"
          + " missed>0, unsent>0, dropped>0, or a kind of error ("
          + FAULTS
          + ")";

  private static final String GAP = "gap";

  private final String text;
  private final String figure;
  private final String operator;
  private final double limit;

  private Gate(String text, String figure, String operator, double limit) {
    this.text = text;
    this.figure = figure;
    this.operator = operator;
    this.limit = limit;
  }

  /**
   * Reads a condition.
   *
   * @throws IllegalArgumentException if the text is not a condition; the message is one line and
   *     says what is allowed
   */
  public static Gate parse(String text) {
    Matcher condition = CONDITION.matcher(text.replaceAll("\\s+", ""));
    if (!condition.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no condition: " + ALLOWED);
    }
    String figure = condition.group(1);
    String unit = condition.group(4);
    if (isLatency(figure)) {
      if (!UNIT_EXPONENTS.containsKey(unit)) {
        throw new IllegalArgumentException(
            "'" + text + "': " + figure + " is a time: give its limit in ns, us, ms or s");
      }
    } else if (!COUNTS.containsKey(figure)) {
      throw new IllegalArgumentException(
          "'" + text + "': there is no figure '" + figure + "': " + ALLOWED);
    } else if (!unit.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "': " + figure + " is a number: give its limit without '" + unit + "'");
    }
    double limit =
        new BigDecimal(condition.group(3))
            .movePointRight(UNIT_EXPONENTS.getOrDefault(unit, 0))
            .doubleValue();
    if (Double.isInfinite(limit)) {
      throw new IllegalArgumentException("'" + figure + "': the limit is too large");
    }
    return new Gate(text, figure, condition.group(2), limit);
  }

  /**
   * Checks a result.
   *
   * @return the broken condition and the measured figure, or empty if it holds; without a reply, a
   *     limit on a latency is broken too
   */
  public Optional<String> broken(StressResult result) {
    if (!isLatency(figure)) {
      double measured = COUNTS.get(figure).applyAsDouble(result);
      return holds(Double.compare(measured, limit))
          ? Optional.of(message("it was " + number(measured)))
          : Optional.empty();
    }
    Histogram latency = result.times().get(figure.equals(GAP) ? Phase.GAP : Phase.CORRECTED);
    if (latency.getTotalCount() == 0) {
      return Optional.of(message("there was no reply to measure"));
    }
    double measured = latency(figure, latency);
    return holds(compare(latency, measured))
        ? Optional.of(message("it was " + Units.shortTime(measured)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }

  private String message(String measured) {
    return "broken: " + text + ", " + measured;
  }

  private static boolean isLatency(String figure) {
    Matcher percentile = PERCENTILE.matcher(figure);
    return List.of("mean", "min", "max", GAP).contains(figure)
        || percentile.matches() && Double.parseDouble(percentile.group(1)) <= 100;
  }

  private static Map<String, ToDoubleFunction<StressResult>> counts() {
    Map<String, ToDoubleFunction<StressResult>> counts =
        new HashMap<>(
            Map.of(
                "rate", StressResult::throughput,
                "errors", StressResult::errors,
                "never-served", StressResult::neverServed,
                "missed", StressResult::missed,
                "unsent", StressResult::allUnsent,
                "dropped", StressResult::dropped));
    for (Fault fault : Fault.values()) {
      counts.put(fault.word(), result -> result.faults().get(fault));
    }
    return counts;
  }

  private static double latency(String figure, Histogram latency) {
    return switch (figure) {
      case "mean" -> latency.getMean();
      case "min" -> latency.highestEquivalentValue(latency.getMinValue());
      case "max", GAP -> latency.getMaxValue();
      default -> latency.getValueAtPercentile(Double.parseDouble(figure.substring(1)));
    };
  }

  /**
   * A histogram keeps values to three digits and returns the highest equivalent one; a reply of
   * exactly 5 ms must not break {@code max>5ms}.
   */
  private int compare(Histogram latency, double measured) {
    boolean same =
        !figure.equals("mean")
            && limit <= latency.getHighestTrackableValue()
            && latency.valuesAreEquivalent(Math.round(measured), Math.round(limit));
    return same ? 0 : Double.compare(measured, limit);
  }

  private boolean holds(int comparison) {
    return switch (operator) {
      case ">" -> comparison > 0;
      case ">=" -> comparison >= 0;
      case "<" -> comparison < 0;
      default -> comparison <= 0;
    };
  }

  private static String number(double measured) {
    return measured == Math.rint(measured)
        ? Long.toString((long) measured)
        : BigDecimal.valueOf(measured).setScale(2, RoundingMode.DOWN).toPlainString();
  }
}
