package io.upper.stress.report;

import io.upper.report.Units;
import io.upper.stress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link Progress} as text, for a terminal or a log. */
final class ProgressText {
  private static final int MAX_BAR = 40;
  private static final int MIN_BAR = 5;
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String RED = "31";

  private final int width;
  private final boolean colour;

  /**
   * Text for a terminal.
   *
   * @param width in columns; the last one is unused, since a terminal may wrap after it
   */
  ProgressText(int width, boolean colour) {
    this.width = Math.max(1, width - 1);
    this.colour = colour;
  }

  /** Three lines: progress, figures, errors. */
  List<String> panel(Progress progress) {
    return List.of(bar(progress), figures(progress), errors(progress));
  }

  /** One line of any length: {@code 4.7 s, 47 %: 1,234/s, …}. */
  static String line(Progress progress) {
    String faults = LoadText.counts(progress.faults());
    return time(progress)
        + ", "
        + percent(progress)
        + (progress.warmup() ? " (warm-up): " : ": ")
        + String.join(", ", fields(progress))
        + (faults.isEmpty() ? "" : ", errors: " + faults);
  }

  private String bar(Progress progress) {
    String percent = percent(progress);
    String after = " " + percent + "  " + time(progress) + (progress.warmup() ? "  warm-up" : "");
    int room = Math.min(MAX_BAR, width - after.length());
    if (room < MIN_BAR) {
      return cut(after.strip());
    }
    int done = (int) Math.floor(room * share(progress));
    return paint("█".repeat(done), progress.warmup() ? YELLOW : GREEN)
        + "░".repeat(room - done)
        + after;
  }

  /** As many figures as fit, the most important first. */
  private String figures(Progress progress) {
    StringBuilder line = new StringBuilder();
    for (String field : fields(progress)) {
      String more = line.isEmpty() ? field : "  " + field;
      if (line.length() + more.length() > width) {
        break;
      }
      line.append(more);
    }
    return line.toString();
  }

  private String errors(Progress progress) {
    String faults = LoadText.counts(progress.faults());
    return faults.isEmpty() ? cut("no errors") : paint(cut("errors: " + faults), RED);
  }

  private static List<String> fields(Progress progress) {
    List<String> fields = new ArrayList<>();
    fields.add(Units.rate(progress.rate()) + "/s");
    fields.add("p50 " + timeOrNone(progress.p50()));
    fields.add("p99 " + timeOrNone(progress.p99()));
    fields.add(Units.count(progress.inFlight()) + " in flight");
    fields.add(Units.count(progress.answered()) + " answered");
    return fields;
  }

  private static String timeOrNone(long nanos) {
    return nanos == 0 ? "-" : Units.time(nanos);
  }

  private static double share(Progress progress) {
    // Math.max(0, NaN) is NaN, hence the comparison.
    return progress.share() > 0 ? Math.min(1, progress.share()) : 0;
  }

  private static String percent(Progress progress) {
    return String.format(Locale.ROOT, "%3.0f %%", Math.floor(100 * share(progress))).strip();
  }

  private static String time(Progress progress) {
    return String.format(Locale.ROOT, "%.1f s", progress.elapsed().toMillis() / 1e3);
  }

  private String cut(String line) {
    return line.length() <= width ? line : line.substring(0, width - 1) + "…";
  }

  private String paint(String text, String code) {
    return colour && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
