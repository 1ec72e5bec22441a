package io.upper.lab.report;

import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.report.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The figures of a session as tables: rows of cells, the first row of headings. */
final class LabTable {
  private static final String NONE = "–";
  private static final List<String> HEADINGS =
      List.of(
          "model", "served by", "wall", "predicted", "req/s", "p50", "p99", "fair", "CPU", "MiB");

  private LabTable() {}

  /**
   * A row for each model; one that failed has no figures. A last column tells how many requests got
   * no right reply, when there are such.
   */
  static List<List<String>> models(LabResult result) {
    List<List<String>> rows = new ArrayList<>();
    boolean complete = result.runs().stream().allMatch(run -> run.unanswered() == 0);
    List<String> headings = new ArrayList<>(HEADINGS);
    if (!complete) {
      headings.add("no reply");
    }
    rows.add(headings);
    for (ModelRun run : result.runs()) {
      boolean any = !run.requests().isEmpty();
      List<String> row = new ArrayList<>();
      row.add(run.name());
      row.add(run.failure() != null ? "failed" : run.workers());
      row.add(time(run.wall()));
      row.add(time(run.predicted()));
      row.add(any ? Units.rate(run.throughput()) : NONE);
      row.add(any ? Units.time(run.percentile(50)) : NONE);
      row.add(any ? Units.time(run.percentile(99)) : NONE);
      row.add(any ? fairness(run.fairness(result.load().clients())) : NONE);
      row.add(time(run.cpu()));
      row.add(run.resident() > 0 ? Units.count(mebibytes(run.resident())) : NONE);
      if (!complete) {
        row.add(run.failure() != null ? NONE : Units.count(run.unanswered()));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Of {@link #models}, the models' names and the columns with these headings. */
  static List<List<String>> models(LabResult result, String... headings) {
    List<List<String>> all = models(result);
    List<Integer> places = Arrays.stream(headings).map(HEADINGS::indexOf).toList();
    return all.stream()
        .map(row -> Stream.concat(Stream.of(row.get(0)), places.stream().map(row::get)).toList())
        .toList();
  }

  /**
   * A row for each number of instances.
   *
   * @param processors of the machine
   */
  static List<List<String>> scaling(ScalingCurve curve, Load load, int processors) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("instances", "req/s", "speed-up", "ideal", "wall", "CPU"));
    for (ScalingCurve.Point point : curve.points()) {
      ScalingCurve.Point first = curve.points().get(0);
      rows.add(
          List.of(
              Integer.toString(point.instances()),
              Units.rate(point.throughput()),
              factor(point.throughput() / first.throughput()),
              factor(curve.ideal(point, load, processors)),
              time(point.wall()),
              time(point.cpu())));
    }
    return rows;
  }

  /** {@code 7.8}. */
  static String factor(double factor) {
    return String.format(Locale.ROOT, factor < 99.5 ? "%.1f" : "%,.0f", factor);
  }

  static long mebibytes(long bytes) {
    return Math.round(bytes / (1024.0 * 1024));
  }

  /** Never 1.00 when it is less. */
  static String fairness(double index) {
    return String.format(Locale.ROOT, "%.2f", index > 0.999 ? 1 : Math.min(index, 0.99));
  }

  private static String time(Duration time) {
    return time == null ? NONE : Units.time(time);
  }
}
