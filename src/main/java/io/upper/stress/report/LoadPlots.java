package io.upper.stress.report;

import io.upper.report.Axis;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Scale;
import io.upper.report.Units;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** The charts of a result. */
final class LoadPlots {
  private static final String TIME_LABEL = "seconds from the end of the warm-up";
  private static final int STEPS_PER_HALF_DISTANCE = 5;
  // A line on the axis itself would be invisible.
  private static final double HEADROOM = 0.95;

  private final StressResult result;
  private final Histogram latency;
  private final Series series;

  LoadPlots(StressResult result) {
    this.result = result;
    this.latency = result.times().get(Phase.CORRECTED);
    this.series = new Series(result);
  }

  Plot latencyOverTime() {
    List<Point> p50 = series.worst(Second::p50);
    List<Point> p99 = series.worst(Second::p99);
    List<Point> max = series.worst(Second::max);
    return new Plot(
            titled("Latency over time", "the worst second"),
            String.format(
                Locale.ROOT,
                "The %s in each second; over the whole run p50 is %s, p99 %s and the maximum %s.",
                LoadText.name(Phase.CORRECTED, result.settings()),
                Units.time(latency.getValueAtPercentile(50)),
                Units.time(latency.getValueAtPercentile(99)),
                Units.time(latency.getMaxValue())),
            time(),
            latencyAxis(List.of(p50, p99, max)))
        .line("p50", p50)
        .line("p99", p99)
        .line("max", max);
  }

  Plot percentileCurve() {
    List<Point> corrected = curve(latency);
    List<Point> raw = curve(result.times().get(Phase.REPLY));
    boolean open = result.settings().openLoop();
    double end = corrected.stream().mapToDouble(Point::x).max().orElse(1);
    Plot plot =
        new Plot(
            "Latency by percentile",
            "The maximum latency of the fastest share of the requests; the slowest took "
                + Units.time(latency.getMaxValue())
                + ".",
            new Axis(
                "share of the requests",
                Scale.logarithmic(1, Math.max(10, end)),
                LoadPlots::percentile),
            open ? latencyAxis(List.of(corrected, raw)) : latencyAxis(List.of(corrected)));
    plot.line(LoadText.name(Phase.CORRECTED, result.settings()), corrected);
    return open ? plot.line(LoadText.name(Phase.REPLY, result.settings()), raw) : plot;
  }

  Plot throughput() {
    List<Point> sent = series.perSecond(Second::sent);
    List<Point> answered = series.perSecond(Second::answered);
    return new Plot(
            titled("Requests per second", "the mean"),
            String.format(
                Locale.ROOT,
                "Sent and answered correctly in each second; over the whole run %s were sent and %s answered per second.",
                Units.rate(LoadText.sentPerSecond(result)),
                Units.rate(result.throughput())),
            time(),
            countAxis("per second", List.of(sent, answered)))
        .line("answered", answered)
        .line("sent", sent);
  }

  Plot errors() {
    List<Point> faults = series.perSecond(Second::faults);
    return new Plot(
            titled("Errors per second", "the mean"),
            result.errors() == 0
                ? "There were none."
                : "There were " + Units.plural(result.errors(), "error") + " in all.",
            time(),
            countAxis(
                result.errors() == 0 ? "per second: there were none" : "per second",
                List.of(faults)))
        .bars("errors", faults);
  }

  private String titled(String title, String of) {
    return series.group() == 1 ? title : title + " (" + of + " of each " + series.group() + " s)";
  }

  private Axis time() {
    double end = Math.max(1, result.seconds().size());
    return new Axis(TIME_LABEL, Scale.linear(0, end), LoadPlots::plain);
  }

  private static Axis latencyAxis(List<List<Point>> lines) {
    double min = Math.max(1, values(lines).min().orElse(1));
    double max = values(lines).max().orElse(1);
    return new Axis("latency (log scale)", Scale.logarithmic(min * HEADROOM, max), Units::tick);
  }

  private static Axis countAxis(String label, List<List<Point>> lines) {
    double max = values(lines).max().orElse(0);
    return new Axis(label, Scale.counts(max), tick -> Units.count(Math.round(tick)));
  }

  private static DoubleStream values(List<List<Point>> lines) {
    return lines.stream().flatMap(List::stream).mapToDouble(Point::y).filter(y -> !Double.isNaN(y));
  }

  /** Latency over 1/(1-q), up to the last percentile that has a sample. */
  private static List<Point> curve(Histogram histogram) {
    List<Point> points = new ArrayList<>();
    histogram
        .percentiles(STEPS_PER_HALF_DISTANCE)
        .forEach(
            step -> {
              double above = 1 - step.getPercentileLevelIteratedTo() / 100;
              double x = Math.min(1 / above, histogram.getTotalCount());
              points.add(new Point(x, Math.max(1, step.getValueIteratedTo())));
            });
    return points;
  }

  /** The percentile of 1/(1-q): 10 is 90 %, 1000 is 99.9 %. */
  private static String percentile(double oneInSoMany) {
    return decimal(100 - 100 / oneInSoMany, 6) + " %";
  }

  private static String plain(double tick) {
    return decimal(tick, 3);
  }

  private static String decimal(double value, int digits) {
    return BigDecimal.valueOf(value)
        .setScale(digits, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
