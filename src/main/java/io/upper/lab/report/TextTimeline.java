package io.upper.lab.report;

import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Who was served when, as text: a row for each client, {@code ·} while it waits, the letter of who
 * serves it, nothing before and after. What is shorter than a column may not show.
 *
 * <pre>
 *      0 s                                  800 ms
 *    1 AAAAAAAAABBBBBBBBB··········
 *    2 BBBBBBBBB·········AAAAAAAAAA
 * </pre>
 */
final class TextTimeline {
  private static final int COLUMNS = 72;
  private static final int MOST_ROWS = 12;
  private static final int LEGEND = 86;
  private static final char WAITING = '·';

  // For the workers that have no letter.
  private static final char OTHER = '#';

  private final ModelRun run;
  private final Workers workers;
  private final int clients;

  private TextTimeline(ModelRun run, int clients) {
    this.run = run;
    this.workers = new Workers(run.requests());
    this.clients = clients;
  }

  /** The lines of the picture of a run that did not fail. */
  static List<String> lines(ModelRun run, int clients) {
    return new TextTimeline(run, clients).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    String end = Units.time(run.wall());
    lines.add("     0 s" + " ".repeat(COLUMNS - 3 - end.length()) + end);
    int rows = Math.min(clients, MOST_ROWS);
    for (int client = 0; client < rows; client++) {
      lines.add(String.format(Locale.ROOT, "%4d %s", client + 1, row(client)).stripTrailing());
    }
    if (rows < clients) {
      lines.add("     … and " + Units.plural(clients - rows, "client") + " more");
    }
    lines.add("     " + legend());
    return lines;
  }

  private String row(int client) {
    char[] cells = new char[COLUMNS];
    Arrays.fill(cells, ' ');
    for (ServedRequest request : run.requests()) {
      if (request.client() == client) {
        fill(cells, request.sent(), request.started(), WAITING);
        fill(cells, request.started(), request.ended(), letter(request.worker()));
      }
    }
    return new String(cells);
  }

  /** A column shows what was so in its middle. */
  private void fill(char[] cells, long from, long to, char with) {
    double width = (double) run.wall().toNanos() / COLUMNS;
    for (int i = 0; i < COLUMNS; i++) {
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

  private String legend() {
    StringBuilder legend = new StringBuilder();
    for (String name : workers.names()) {
      String more = (legend.isEmpty() ? "" : ", ") + workers.label(name) + " " + name;
      if (legend.length() + more.length() > LEGEND) {
        return legend.append(", …").toString();
      }
      legend.append(more);
    }
    return legend.toString();
  }
}
