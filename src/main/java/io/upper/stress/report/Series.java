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
 * A result's seconds as points to draw. Of a long run each point stands for several seconds: for
 * latencies it is their worst, for counts their mean.
 */
final class Series {
  private static final int MOST_POINTS = 600;
  private final List<Second> seconds;
  private final StressResult result;
  private final int group;

  Series(StressResult result) {
    this.seconds = result.seconds();
    this.result = result;
    this.group = Math.max(1, (seconds.size() + MOST_POINTS - 1) / MOST_POINTS);
  }

  /** How many seconds a point stands for. */
  int group() {
    return group;
  }

  /** One latency in milliseconds or whatever it is given in; a gap where nothing was answered. */
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
   * How many there were per second. A last second that is not whole is a gap: what happens at the
   * end of a run says nothing of a rate. If there is no other, it counts by the run's length.
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
      // In the middle of the time that it stands for.
      double x = some.get(0).number() + group / 2.0;
      points.add(new Point(x, value.applyAsDouble(some)));
    }
    return points;
  }
}
