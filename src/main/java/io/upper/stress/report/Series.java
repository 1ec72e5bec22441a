package io.upper.stress.report;

import io.upper.report.Plot.Point;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The seconds of a result as points of a chart. In a long run each point covers several seconds:
 * the maximum of their latencies, the mean of their counts.
 */
final class Series {
  private static final int MAX_POINTS = 600;
  private final List<Second> seconds;
  private final StressResult result;
  private final int group;

  Series(StressResult result) {
    this.seconds = result.seconds();
    this.result = result;
    this.group = Math.max(1, (seconds.size() + MAX_POINTS - 1) / MAX_POINTS);
  }

  /** Number of seconds that a point covers. */
  int group() {
    return group;
  }

  /** The maximum of a latency, in its own unit; a gap where nothing was answered. */
  List<Point> worst(ToLongFunction<Second> latency) {
    return points(
        some -> {
          double worst = Double.NaN;
          for (Second second : some) {
            if (second.answered() > 0) {
              // Math.max(NaN, x) is NaN.
              double value = latency.applyAsLong(second);
              worst = Double.isNaN(worst) ? value : Math.max(worst, value);
            }
          }
          return worst;
        });
  }

  /**
   * The mean of a count per second. A partial last second is a gap, since it says nothing about the
   * rate. If it is the only one, the count is divided by the run's length.
   */
  List<Point> perSecond(ToLongFunction<Second> count) {
    return points(
        some -> {
          List<Second> whole = some.stream().filter(this::isWhole).toList();
          double length = whole.size();
          if (whole.isEmpty() && some.size() == seconds.size()) {
            whole = some;
            length = result.elapsed().toNanos() / 1e9;
          }
          return length == 0 ? Double.NaN : whole.stream().mapToLong(count).sum() / length;
        });
  }

  private boolean isWhole(Second second) {
    return result.length(second).compareTo(Duration.ofSeconds(1)) >= 0;
  }

  private List<Point> points(ToDoubleFunction<List<Second>> value) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < seconds.size(); i += group) {
      List<Second> some = seconds.subList(i, Math.min(i + group, seconds.size()));
      // In the middle of the seconds it covers.
      double x = some.get(0).number() + group / 2.0;
      points.add(new Point(x, value.applyAsDouble(some)));
    }
    return points;
  }
}
