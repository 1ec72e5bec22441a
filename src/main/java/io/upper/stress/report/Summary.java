package io.upper.stress.report;

import io.upper.report.Provenance;
import io.upper.report.TextHistogram;
import io.upper.report.TextTable;
import io.upper.report.Units;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** The text report, printed at the end of a run. */
public final class Summary {
  private static final int WIDTH = 80;
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
  private static final List<String> HEADINGS =
      List.of("", "count", "p50", "p90", "p99", "p99.9", "max");

  private final StressResult result;
  private final StressSettings settings;
  private final int processors;
  private final StringBuilder text = new StringBuilder();

  private Summary(StressResult result, int processors) {
    this.result = result;
    this.settings = result.settings();
    this.processors = processors;
  }

  /**
   * The lines of the report; the last one is the number of clients never served, as in the Python
   * stress clients.
   */
  public static String of(StressResult result, Provenance provenance) {
    return new Summary(result, provenance.processors()).text();
  }

  private String text() {
    line(LoadText.target(settings));
    wrapped("", LoadText.load(settings));
    line("");
    counts();
    line("");
    if (result.times().get(Phase.CORRECTED).getTotalCount() > 0) {
      TextTable.lines(phaseRows(result)).forEach(this::line);
      line("");
      line(LoadText.name(Phase.CORRECTED, settings) + ":");
      TextHistogram.lines(result.times().get(Phase.CORRECTED)).forEach(this::line);
      line("");
    }
    List<String> advice = Advice.on(result, processors);
    advice.forEach(note -> wrapped("note: ", note));
    if (!advice.isEmpty()) {
      line("");
    }
    line("Clients never served: " + result.neverServed());
    return text.toString();
  }

  /** The table of phases, its headings first. */
  static List<List<String>> phaseRows(StressResult result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Phase phase : LoadText.phases(result)) {
      Histogram times = result.times().get(phase);
      List<String> row = new ArrayList<>();
      row.add(LoadText.name(phase, result.settings()));
      row.add(Units.count(times.getTotalCount()));
      for (double percentile : PERCENTILES) {
        row.add(Units.time(times.getValueAtPercentile(percentile)));
      }
      rows.add(row);
    }
    return rows;
  }

  private void counts() {
    field("measured", "%s", Units.time(result.elapsed()));
    field(
        "requests",
        "%s sent, %s answered correctly (%s), %s",
        Units.count(result.sent()),
        Units.count(result.answered()),
        Units.percent(result.answered(), result.sent()),
        Units.plural(result.errors(), "error"));
    if (result.allUnsent() > 0) {
      field(
          "not sent",
          "%s although due: %s",
          Units.count(result.allUnsent()),
          LoadText.counts(result.unsent()));
    }
    if (result.dropped() > 0) {
      field(
          "dropped",
          "%s by this machine, not by the server",
          result.dropped() == 1 ? "1 reply" : Units.count(result.dropped()) + " replies");
    }
    field(
        "rate",
        "%s/s sent, %s/s answered%s",
        Units.rate(LoadText.sentPerSecond(result)),
        Units.rate(result.throughput()),
        settings.openLoop() ? ", " + Units.rate(result.plannedRate()) + "/s planned" : "");
    if (settings.openLoop()) {
      field(
          "schedule",
          "%s of %s sends late or skipped because of the generator (%s)",
          Units.count(result.missed()),
          Units.count(result.planned()),
          Units.percent(result.missed(), result.planned()));
    }
    field(
        "generator",
        "%s of CPU time, %.2f of %s",
        Units.time(result.generatorCpu()),
        LoadText.processorsUsed(result),
        Units.plural(processors, "processor"));
    if (result.errors() > 0) {
      field("errors", "%s", LoadText.counts(result.faults()));
    }
  }

  private void field(String name, String format, Object... values) {
    line(String.format(Locale.ROOT, "%-10s ", name) + String.format(Locale.ROOT, format, values));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /** Wraps between words and indents all lines but the first. */
  private void wrapped(String start, String words) {
    int width = WIDTH - start.length();
    String lines = words.replaceAll("(.{1," + width + "})(?: |$)", "$1\n").strip();
    line(start + lines.replace("\n", "\n" + " ".repeat(start.length())));
  }
}
