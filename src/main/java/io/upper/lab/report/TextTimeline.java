package io.upper.lab.report;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Who was served when, as text: a row for each client, {@code ·} while it waits, {@code ~} while
 * its worker starts, the letter of who serves it, nothing before and after. A column shows what was
 * so in its middle, so what is shorter may not show.
 *
 * <pre>
 *    0 s                                    800 ms
 *  1 AAAAAAAAABBBBBBBBB··········
 *  2 BBBBBBBBB·········AAAAAAAAAA
 * </pre>
 */
final class TextTimeline {
  /** Fit a terminal of 24 lines, with what is said of the run. */
  static final int MAX_ROWS = 12;

  private static final int MAX_LEGEND = 2;
  private static final char WAITING = '·';
  private static final char STARTING = '~';

  // For the workers that have no letter.
  private static final char OTHER = '#';

  private final ModelRun run;
  private final Excerpt excerpt;
  private final Load load;
  private final Workers workers;
  private final int margin;
  private final int columns;
  private final long end;

  private TextTimeline(ModelRun run, Load load, SharedScale scale, int width) {
    this.run = run;
    this.load = load;
    this.excerpt = Excerpt.of(run, load, MAX_ROWS, load.requests());
    this.workers = new Workers(run.requests());
    this.margin = Integer.toString(load.clients()).length() + 2;
    this.columns = width - margin;
    this.end = scale.axis(run.wall().toNanos());
  }

  /**
   * The lines of the picture of a run that did not fail.
   *
   * @param width in columns, at least 40
   */
  static List<String> lines(ModelRun run, Load load, SharedScale scale, int width) {
    return new TextTimeline(run, load, scale, width).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    String last = Units.time(end);
    String margins = " ".repeat(margin);
    lines.add(margins + "0 s" + " ".repeat(columns - 3 - last.length()) + last);
    for (int client : excerpt.clients()) {
      String row = String.format(Locale.ROOT, "%" + (margin - 1) + "d ", client + 1) + row(client);
      lines.add(row.stripTrailing());
    }
    if (excerpt.clients().size() < load.clients()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s(of %s clients the first %d, and %d of the others that waited longest)",
              margins,
              Units.count(load.clients()),
              excerpt.first(),
              excerpt.clients().size() - excerpt.first()));
    }
    legend().forEach(line -> lines.add(margins + line));
    return lines;
  }

  private String row(int client) {
    char[] cells = new char[columns];
    Arrays.fill(cells, ' ');
    for (ServedRequest request : run.requests()) {
      if (request.client() == client) {
        fill(cells, request.sent(), request.assigned(), WAITING);
        fill(cells, request.assigned(), request.started(), STARTING);
        fill(cells, request.started(), request.ended(), letter(request.worker()));
      }
    }
    return new String(cells);
  }

  private void fill(char[] cells, long from, long to, char with) {
    double width = (double) end / columns;
    for (int i = (int) Math.max(0, from / width - 1); i < columns && i * width < to; i++) {
      double middle = (i + 0.5) * width;
      if (middle >= from && middle < to) {
        cells[i] = with;
      }
    }
  }

  private char letter(String worker) {
    String label = workers.label(worker);
    return label.length() == 1 ? label.charAt(0) : OTHER;
  }

  /** Signs and letters; of many workers the first ones. */
  private List<String> legend() {
    List<String> entries = new ArrayList<>();
    entries.add(WAITING + " waits");
    if (run.requests().stream().anyMatch(request -> request.starting() > 0)) {
      entries.add(STARTING + " its process starts");
    }
    List<String> names = workers.names();
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(String.join(", ", entries));
    for (int i = 0; i < names.size(); i++) {
      String entry = workers.label(names.get(i)) + " " + names.get(i);
      String more = ", … " + (names.size() - i) + " more";
      boolean full = lines.size() == MAX_LEGEND - 1;
      int room = columns - (full && i < names.size() - 1 ? more.length() : 0);
      if (line.length() + 2 + entry.length() <= room) {
        line.append(", ").append(entry);
      } else if (full) {
        line.append(more);
        break;
      } else {
        lines.add(line.append(',').toString());
        line = new StringBuilder(entry);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
