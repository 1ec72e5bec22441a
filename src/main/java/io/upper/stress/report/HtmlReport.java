package io.upper.stress.report;

import io.upper.report.Axis;
import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Provenance;
import io.upper.report.Scale;
import io.upper.report.Units;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The report to look at: one file that needs no network, with charts and their figures. */
public final class HtmlReport {
  private static final String TIME_LABEL = "seconds from the end of the warm-up";
  private static final double[] PERCENTILES = {0, 50, 75, 90, 95, 99, 99.9, 99.99, 100};
  private static final int STEPS_PER_HALF_DISTANCE = 5;
  // A line that lies on the axis is not seen.
  private static final double HEADROOM = 0.95;

  private final StressResult result;
  private final Provenance provenance;
  private final Series series;

  private HtmlReport(StressResult result, Provenance provenance) {
    this.result = result;
    this.provenance = provenance;
    this.series = new Series(result);
  }

  /** The whole file, in UTF-8. */
  public static String of(StressResult result, Provenance provenance) {
    return new HtmlReport(result, provenance).html();
  }

  private String html() {
    Page page = new Page("upper stress: " + LoadText.target(result.settings()));
    page.paragraph(LoadText.load(result.settings()) + ".");
    page.tiles(tiles());
    page.notes(Advice.on(result, provenance.processors()));
    boolean measured = latency().getTotalCount() > 0;
    if (!result.seconds().isEmpty()) {
      page.openFigures();
      if (measured) {
        page.figure(latencyOverTime(), latencyRows());
        page.figure(percentileCurve(), percentileRows());
      }
      page.figure(throughput(), countRows());
      page.figure(errors(), errorRows());
      page.closeFigures();
    }
    boolean unsent = result.allUnsent() > 0;
    if (measured || result.errors() > 0 || unsent) {
      page.heading("Summary");
    }
    if (measured) {
      page.table("Times of each phase", Summary.phaseRows(result));
    }
    if (result.errors() > 0) {
      page.table("Errors by kind", faultRows());
    }
    if (unsent) {
      page.table("Requests due and not sent, by the reason", unsentRows());
    }
    return page.foot(foot()).html();
  }

  private List<Item> tiles() {
    List<Item> tiles = new ArrayList<>();
    tiles.add(new Item("answered right", Units.count(result.answered())));
    tiles.add(new Item("answered per second", Units.rate(result.throughput())));
    if (latency().getTotalCount() > 0) {
      tiles.add(new Item("p50", Units.time(latency().getValueAtPercentile(50))));
      tiles.add(new Item("p99", Units.time(latency().getValueAtPercentile(99))));
    }
    tiles.add(new Item("errors", Units.count(result.errors())));
    if (result.allUnsent() > 0) {
      tiles.add(new Item("due and not sent", Units.count(result.allUnsent())));
    }
    if (result.dropped() > 0) {
      tiles.add(new Item("replies dropped by this machine", Units.count(result.dropped())));
    }
    tiles.add(new Item("clients never served", Units.count(result.neverServed())));
    return tiles;
  }

  private List<Item> foot() {
    return List.of(
        new Item("command", provenance.command()),
        new Item("started", result.started().truncatedTo(ChronoUnit.SECONDS).toString()),
        new Item("measured", Units.time(result.elapsed())),
        new Item("seed", Long.toString(result.settings().seed())),
        new Item(
            "generator",
            String.format(
                Locale.ROOT,
                "%s of processor time, %.2f processors",
                Units.time(result.generatorCpu()),
                LoadText.processorsUsed(result))),
        new Item("machine", provenance.machine()),
        new Item("versions", provenance.versions()));
  }

  private Histogram latency() {
    return result.times().get(Phase.CORRECTED);
  }

  private Plot latencyOverTime() {
    List<Point> p50 = series.worst(Second::p50);
    List<Point> p99 = series.worst(Second::p99);
    List<Point> max = series.worst(Second::max);
    return new Plot(
            titled("Latency over time", "the worst second"),
            String.format(
                Locale.ROOT,
                "The %s in each second; over the whole run p50 is %s, p99 %s and the maximum %s.",
                LoadText.name(Phase.CORRECTED, result.settings()),
                Units.time(latency().getValueAtPercentile(50)),
                Units.time(latency().getValueAtPercentile(99)),
                Units.time(latency().getMaxValue())),
            time(),
            latencyAxis(Stream.of(p50, p99, max).flatMap(List::stream).toList()))
        .line("p50", p50)
        .line("p99", p99)
        .line("max", max);
  }

  private Plot percentileCurve() {
    List<Point> corrected = curve(latency());
    List<Point> raw = curve(result.times().get(Phase.REPLY));
    boolean open = result.settings().openLoop();
    double end = corrected.stream().mapToDouble(Point::x).max().orElse(1);
    Plot plot =
        new Plot(
            "Latency by percentile",
            "How long the faster share of the requests took at most; the slowest took "
                + Units.time(latency().getMaxValue())
                + ".",
            new Axis(
                "share of the requests that are as fast",
                Scale.logarithmic(1, Math.max(10, end)),
                HtmlReport::percentile),
            latencyAxis(
                open ? Stream.concat(corrected.stream(), raw.stream()).toList() : corrected));
    plot.line(LoadText.name(Phase.CORRECTED, result.settings()), corrected);
    return open ? plot.line(LoadText.name(Phase.REPLY, result.settings()), raw) : plot;
  }

  private Plot throughput() {
    List<Point> sent = series.perSecond(Second::sent);
    List<Point> answered = series.perSecond(Second::answered);
    return new Plot(
            titled("Requests per second", "the mean"),
            String.format(
                Locale.ROOT,
                "Sent and answered right in each second; over the whole run %s were sent and %s"
                    + " answered per second.",
                Units.rate(LoadText.sentPerSecond(result)),
                Units.rate(result.throughput())),
            time(),
            countAxis("per second", Stream.concat(sent.stream(), answered.stream()).toList()))
        .line("answered", answered)
        .line("sent", sent);
  }

  private Plot errors() {
    List<Point> faults = series.perSecond(Second::faults);
    return new Plot(
            titled("Errors per second", "the mean"),
            result.errors() == 0
                ? "There were none."
                : "There were " + Units.plural(result.errors(), "error") + " in all.",
            time(),
            countAxis(result.errors() == 0 ? "per second: there were none" : "per second", faults))
        .bars("errors", faults);
  }

  private String titled(String title, String of) {
    return series.group() == 1 ? title : title + " (" + of + " of each " + series.group() + " s)";
  }

  private Axis time() {
    double end = Math.max(1, result.seconds().size());
    return new Axis(TIME_LABEL, Scale.linear(0, end), HtmlReport::plain);
  }

  private static Axis latencyAxis(List<Point> points) {
    List<Double> values =
        points.stream().map(Point::y).filter(y -> !y.isNaN()).map(y -> Math.max(1, y)).toList();
    double min = values.stream().mapToDouble(y -> y).min().orElse(1);
    double max = values.stream().mapToDouble(y -> y).max().orElse(1);
    return new Axis("latency (log scale)", Scale.logarithmic(min * HEADROOM, max), Units::tick);
  }

  private static Axis countAxis(String label, List<Point> points) {
    double max =
        points.stream().mapToDouble(Point::y).filter(y -> !Double.isNaN(y)).max().orElse(0);
    return new Axis(label, Scale.counts(max), tick -> Units.count(Math.round(tick)));
  }

  /** Over 1/(1-q), up to the last percentile that a sample stands for. */
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

  /** The share below: 10 stands for 90 %, 1000 for 99.9 %. */
  private static String percentile(double oneInSoMany) {
    return BigDecimal.valueOf(100 - 100 / oneInSoMany)
            .setScale(6, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }

  private static String plain(double tick) {
    return BigDecimal.valueOf(tick)
        .setScale(3, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private List<List<String>> latencyRows() {
    return secondRows(
        List.of("second", "p50", "p99", "max"),
        second ->
            Stream.of(second.p50(), second.p99(), second.max())
                .map(nanos -> second.answered() == 0 ? "–" : Units.time(nanos))
                .toList());
  }

  private List<List<String>> countRows() {
    return secondRows(
        List.of("second", "sent", "answered", "errors"),
        second ->
            Stream.of(second.sent(), second.answered(), second.faults())
                .map(Units::count)
                .toList());
  }

  private List<List<String>> errorRows() {
    return secondRows(List.of("second", "errors"), second -> List.of(Units.count(second.faults())));
  }

  private List<List<String>> secondRows(
      List<String> headings, Function<Second, List<String>> cells) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(headings);
    for (Second second : result.seconds()) {
      List<String> row = new ArrayList<>();
      Duration length = result.length(second);
      row.add(
          second.number()
              + (length.compareTo(Duration.ofSeconds(1)) < 0
                  ? " (only " + Units.time(length) + ")"
                  : ""));
      row.addAll(cells.apply(second));
      rows.add(row);
    }
    return rows;
  }

  private List<List<String>> percentileRows() {
    boolean open = result.settings().openLoop();
    List<Phase> phases = open ? List.of(Phase.CORRECTED, Phase.REPLY) : List.of(Phase.CORRECTED);
    List<List<String>> rows = new ArrayList<>();
    List<String> headings = new ArrayList<>(List.of("percentile"));
    phases.forEach(phase -> headings.add(LoadText.name(phase, result.settings())));
    rows.add(headings);
    for (double percentile : PERCENTILES) {
      List<String> row = new ArrayList<>();
      row.add(
          percentile == 0 ? "fastest" : percentile == 100 ? "slowest" : plain(percentile) + " %");
      for (Phase phase : phases) {
        row.add(Units.time(result.times().get(phase).getValueAtPercentile(percentile)));
      }
      rows.add(row);
    }
    return rows;
  }

  private List<List<String>> unsentRows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("reason", "how many"));
    for (Delay reason : Delay.values()) {
      rows.add(List.of(reason.word(), Units.count(result.unsent().get(reason))));
    }
    return rows;
  }

  private List<List<String>> faultRows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("kind", "how often"));
    Arrays.stream(Fault.values())
        .forEach(
            fault ->
                rows.add(
                    List.of(fault.word(), Units.count(result.faults().getOrDefault(fault, 0L)))));
    return rows;
  }
}
