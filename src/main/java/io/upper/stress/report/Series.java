package io.upper.stress.report;

import io.upper.chart.Plot.Point;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
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
  // The last second is cut; so short a rest of it says nothing of a rate.
  private static final double LEAST_LENGTH = 0.2;

  private final List<Second> seconds;
  private final double end;
  private final int group;

  Series(StressResult result) {
    this.seconds = result.seconds();
    this.end = result.elapsed().toNanos() / 1e9;
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

  /** How many there were per second; a gap for a last second that is hardly begun. */
  List<Point> perSecond(ToLongFunction<Second> count) {
    return points(
        some -> {
          double length = 0;
          for (Second second : some) {
            length += Math.min(1, Math.max(0, end - second.number()));
          }
          boolean only = some.size() == seconds.size();
          return length < LEAST_LENGTH && !only || length == 0
              ? Double.NaN
              : some.stream().mapToLong(count).sum() / length;
        });
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
