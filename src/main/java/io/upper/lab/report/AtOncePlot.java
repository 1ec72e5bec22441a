package io.upper.lab.report;

import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.Axis;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Scale;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How many requests of a run wait, and how many are being served, over time. */
final class AtOncePlot {
  private static final int INTERVALS = 100;

  private final ModelRun run;
  private final List<Point> served;
  private final List<Point> waiting;

  AtOncePlot(ModelRun run) {
    this.run = run;
    this.served = mean(ServedRequest::started, ServedRequest::ended);
    this.waiting = mean(ServedRequest::sent, ServedRequest::assigned);
  }

  /** The most that were waiting or being served. */
  double most() {
    return Stream.concat(served.stream(), waiting.stream()).mapToDouble(Point::y).max().orElse(0);
  }

  /**
   * The plot.
   *
   * @param most of all plots of the session, which have one scale
   */
  Plot plot(SharedScale scale, double most) {
    long end = run.wall().toNanos();
    return new Plot(
            run.name() + ": requests waiting and being served" + scale.remark(end),
            "All requests: how many wait, and how many are being served, over time.",
            new Axis(
                scale.isEnlarged(end) ? "time, on its own scale" : "time",
                Scale.linear(0, scale.axis(end)),
                Units::tick),
            new Axis("requests", Scale.counts(most), tick -> Units.count(Math.round(tick))))
        .line("being served", served)
        .line("waiting", waiting);
  }

  /** How many requests were between two of their times: the mean of each interval. */
  private List<Point> mean(ToLongFunction<ServedRequest> from, ToLongFunction<ServedRequest> to) {
    double interval = Math.max(1, run.wall().toNanos()) / (double) INTERVALS;
    double[] time = new double[INTERVALS];
    for (ServedRequest request : run.requests()) {
      long begin = from.applyAsLong(request);
      long end = to.applyAsLong(request);
      int first = (int) Math.min(INTERVALS - 1, begin / interval);
      for (int i = Math.max(0, first); i < INTERVALS && i * interval < end; i++) {
        double start = Math.max(begin, i * interval);
        time[i] += Math.max(0, Math.min(end, (i + 1) * interval) - start);
      }
    }
    return IntStream.range(0, INTERVALS)
        .mapToObj(i -> new Point((i + 0.5) * interval, time[i] / interval))
        .toList();
  }

  List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("time", "being served", "waiting"));
    for (int i = 0; i < INTERVALS; i++) {
      rows.add(
          List.of(
              Units.time(served.get(i).x()),
              Units.rate(served.get(i).y()),
              Units.rate(waiting.get(i).y())));
    }
    return rows;
  }
}
