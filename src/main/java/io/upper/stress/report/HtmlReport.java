package io.upper.stress.report;

import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Provenance;
import io.upper.report.Units;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import io.upper.text.Word;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The HTML report: one self-contained file with charts and their figures. */
public final class HtmlReport {
  private static final List<String> PERCENTILES =
      List.of("0", "50", "75", "90", "95", "99", "99.9", "99.99", "100");

  private final StressResult result;
  private final Provenance provenance;
  private final Histogram latency;

  private HtmlReport(StressResult result, Provenance provenance) {
    this.result = result;
    this.provenance = provenance;
    this.latency = result.times().get(Phase.CORRECTED);
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
    boolean measured = latency.getTotalCount() > 0;
    LoadPlots plots = new LoadPlots(result);
    if (!result.seconds().isEmpty()) {
      page.openFigures();
      if (measured) {
        page.figure(plots.latencyOverTime(), latencyRows());
        page.figure(plots.percentileCurve(), percentileRows());
      }
      page.figure(plots.throughput(), countRows());
      page.figure(
          plots.errors(), secondRows(second -> Stream.of(Units.count(second.faults())), "errors"));
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
      page.table("Errors by kind", rows("kind", "count", result.faults()));
    }
    if (unsent) {
      page.table("Requests due but not sent, by reason", rows("reason", "count", result.unsent()));
    }
    return page.foot(foot()).html();
  }

  private List<Item> tiles() {
    List<Item> tiles = new ArrayList<>();
    tiles.add(new Item("answered correctly", Units.count(result.answered())));
    tiles.add(new Item("answered per second", Units.rate(result.throughput())));
    if (latency.getTotalCount() > 0) {
      tiles.add(new Item("p50", Units.time(latency.getValueAtPercentile(50))));
      tiles.add(new Item("p99", Units.time(latency.getValueAtPercentile(99))));
    }
    tiles.add(new Item("errors", Units.count(result.errors())));
    if (result.allUnsent() > 0) {
      tiles.add(new Item("due but not sent", Units.count(result.allUnsent())));
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
                "%s of CPU time, %.2f processors",
                Units.time(result.generatorCpu()),
                LoadText.processorsUsed(result))),
        new Item("machine", provenance.machine()),
        new Item("versions", provenance.versions()));
  }

  private List<List<String>> latencyRows() {
    return secondRows(
        second ->
            Stream.of(second.p50(), second.p99(), second.max())
                .map(nanos -> second.answered() == 0 ? "–" : Units.time(nanos)),
        "p50",
        "p99",
        "max");
  }

  private List<List<String>> countRows() {
    return secondRows(
        second -> Stream.of(second.sent(), second.answered(), second.faults()).map(Units::count),
        "sent",
        "answered",
        "errors");
  }

  private List<List<String>> secondRows(
      Function<Second, Stream<String>> cells, String... headings) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("second", Stream.of(headings)));
    result.seconds().forEach(second -> rows.add(row(name(second), cells.apply(second))));
    return rows;
  }

  private String name(Second second) {
    Duration length = result.length(second);
    boolean whole = length.compareTo(Duration.ofSeconds(1)) >= 0;
    return second.number() + (whole ? "" : " (only " + Units.time(length) + ")");
  }

  private static List<String> row(String name, Stream<String> cells) {
    return Stream.concat(Stream.of(name), cells).toList();
  }

  private List<List<String>> percentileRows() {
    List<Phase> phases =
        result.settings().openLoop()
            ? List.of(Phase.CORRECTED, Phase.REPLY)
            : List.of(Phase.CORRECTED);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        row("percentile", phases.stream().map(phase -> LoadText.name(phase, result.settings()))));
    for (String percentile : PERCENTILES) {
      String name =
          switch (percentile) {
            case "0" -> "fastest";
            case "100" -> "slowest";
            default -> percentile + " %";
          };
      double number = Double.parseDouble(percentile);
      rows.add(
          row(
              name,
              phases.stream()
                  .map(result.times()::get)
                  .map(times -> Units.time(times.getValueAtPercentile(number)))));
    }
    return rows;
  }

  private static List<List<String>> rows(
      String kind, String amount, Map<? extends Word, Long> counts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(kind, amount));
    counts.forEach((word, count) -> rows.add(List.of(word.word(), Units.count(count))));
    return rows;
  }
}
