package io.upper.check.report;

import static io.upper.report.Markup.escape;

import io.upper.check.CheckCase;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Verdict;
import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Provenance;
import io.upper.report.Units;
import java.util.List;
import java.util.Locale;

/** Servers side by side, in one file that needs no network. */
public final class MatrixHtml {
  private MatrixHtml() {}

  /** The whole file, in UTF-8. */
  public static String of(List<Matrix> matrices, Provenance provenance) {
    int servers = matrices.stream().mapToInt(matrix -> matrix.columns().size()).sum();
    Page page = new Page("upper check: " + Units.plural(servers, "server"));
    for (Matrix matrix : matrices) {
      page.heading("Over " + matrix.protocol().toUpperCase(Locale.ROOT));
      page.markup(table(matrix));
    }
    page.heading("What did not pass, and why");
    matrices.stream()
        .flatMap(matrix -> matrix.columns().stream())
        .forEach(column -> server(page, column));
    return page.foot(
            List.of(
                new Item("command", provenance.command()),
                new Item("versions", provenance.versions()),
                new Item("machine", provenance.machine())))
        .html();
  }

  private static String table(Matrix matrix) {
    // Focusable, so that it can be scrolled with the keyboard.
    StringBuilder table =
        new StringBuilder("<div class=\"matrix\" role=\"region\" tabindex=\"0\" aria-label=\"");
    table.append("Verdicts over ").append(escape(matrix.protocol())).append("\">\n<table>\n");
    table.append("<thead><tr><th scope=\"col\">case</th>");
    for (Matrix.Column column : matrix.columns()) {
      table.append("<th scope=\"col\"><span>").append(escape(column.name()));
      table.append("</span></th>");
    }
    table.append("</tr></thead>\n<tbody>\n");
    String group = "";
    for (CheckCase check : matrix.cases()) {
      // What asks whether the server still serves stands where it was asked.
      if (!check.group().equals(group) && !(check.proves() && !group.isEmpty())) {
        group = check.group();
        table.append("<tr class=\"group\"><th scope=\"rowgroup\">").append(escape(group));
        table
            .append("</th><td colspan=\"")
            .append(matrix.columns().size())
            .append("\"></td></tr>\n");
      }
      table.append("<tr><th scope=\"row\">").append(escape(name(check, group))).append("</th>");
      for (Matrix.Cell cell : matrix.cells(check)) {
        table.append("<td class=\"").append(cell.word()).append("\">").append(cell.meaning());
        table.append("</td>");
      }
      table.append("</tr>\n");
    }
    return table.append("</tbody>\n</table>\n</div>\n").toString();
  }

  private static String name(CheckCase check, String group) {
    int start = check.group().equals(group) ? group.length() : check.protocol().length();
    return check.id().substring(start + 1);
  }

  private static void server(Page page, Matrix.Column column) {
    page.subheading(column.name());
    if (!column.started()) {
      page.paragraph("It was not started: " + column.problem());
      return;
    }
    Report report = column.report();
    page.paragraph(CheckText.summary(List.of(report)) + ", seed " + report.seed() + ".");
    page.list(
        report.verdicts().stream()
            .filter(verdict -> verdict.outcome() != Outcome.PASS || verdict.flaky())
            .map(MatrixHtml::remark)
            .toList());
  }

  private static String remark(Verdict verdict) {
    String outcome = verdict.outcome().word() + (verdict.flaky() ? " (flaky)" : "");
    return outcome + " " + verdict.check().id() + ": " + verdict.reason();
  }
}
