package io.upper.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/** A histogram as text: a bar per range of latencies, whose bounds grow exponentially. */
public final class TextHistogram {
  private static final int MAX_ROWS = 16;
  // Ranges per decade; the first that fits into MAX_ROWS is used.
  private static final int[] PER_DECADE = {96, 48, 24, 12, 6, 3, 1};
  private static final int BAR = 40;
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

  private TextHistogram() {}

  /** The lines; none if the histogram is empty. */
  public static List<String> lines(Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return List.of();
    }
    // As for the maximum: the highest equivalent value.
    long min = Math.max(1, histogram.highestEquivalentValue(histogram.getMinValue()));
    long[] bounds = bounds(min, Math.max(min, histogram.getMaxValue()));
    long[] counts = counts(histogram, bounds);
    long most = LongStream.of(counts).max().orElse(0);
    List<List<String>> cells = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      cells.add(
          List.of(
              "",
              Units.time(bounds[i]),
              Units.time(bounds[i + 1]),
              Units.count(counts[i]),
              Units.percent(counts[i], histogram.getTotalCount())));
    }
    List<String> lines = new ArrayList<>();
    List<String> table = TextTable.lines(cells);
    for (int i = 0; i < counts.length; i++) {
      lines.add((table.get(i) + "  " + bar(counts[i], most)).stripTrailing());
    }
    return lines;
  }

  private static long[] bounds(long min, long max) {
    for (int perDecade : PER_DECADE) {
      int first = (int) Math.floor(Math.log10(min) * perDecade + 1e-9);
      int last = (int) Math.floor(Math.log10(max) * perDecade + 1e-9) + 1;
      if (last - first <= MAX_ROWS || perDecade == 1) {
        List<Long> bounds = new ArrayList<>();
        for (int i = first; i <= last; i++) {
          bounds.add(round(Math.pow(10, (double) i / perDecade)));
        }
        // Rounding must leave no value outside the bounds.
        if (bounds.get(0) > min) {
          bounds.add(0, round(Math.pow(10, (first - 1.0) / perDecade)));
        }
        if (bounds.get(bounds.size() - 1) <= max) {
          bounds.add(Math.max(max + 1, round(Math.pow(10, (last + 1.0) / perDecade))));
        }
        return bounds.stream().distinct().mapToLong(Long::longValue).toArray();
      }
    }
    throw new AssertionError("unreachable: 1 per decade always returns");
  }

  /** To three digits, as printed. */
  private static long round(double nanos) {
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(nanos)) - 2));
    return Math.max(1, Math.round(Math.round(nanos / unit) * unit));
  }

  private static long[] counts(Histogram histogram, long[] bounds) {
    long[] counts = new long[bounds.length - 1];
    histogram
        .recordedValues()
        .forEach(
            step -> {
              int range = 0;
              while (range < counts.length - 1 && step.getValueIteratedTo() >= bounds[range + 1]) {
                range++;
              }
              counts[range] += step.getCountAtValueIteratedTo();
            });
    return counts;
  }

  private static String bar(long count, long most) {
    // A single sample among millions is visible, too.
    long eighths = count == 0 ? 0 : Math.max(1, Math.round(8.0 * BAR * count / most));
    String full = "█".repeat((int) (eighths / 8));
    return eighths % 8 == 0 ? full : full + EIGHTHS.charAt((int) (eighths % 8));
  }
}
