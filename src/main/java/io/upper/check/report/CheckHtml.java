package io.upper.check.report;

import static io.upper.report.Markup.escape;

import io.upper.check.Marks;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Verdict;
import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Provenance;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A grading in one HTML file, which needs no network and no script. */
public final class CheckHtml {
  private static final int COLUMNS = 4;

  private CheckHtml() {}

  /**
   * The whole file, in UTF-8.
   *
   * @param reports one for each protocol, at least one
   * @param marks empty if no mark was asked for
   */
  public static String page(List<Report> reports, Optional<Marks> marks, Provenance provenance) {
    String servers =
        reports.stream().map(Report::server).distinct().collect(Collectors.joining(", "));
    Page page = new Page("upper check: " + servers);
    page.tiles(tiles(reports, marks));
    reports.forEach(report -> report(page, report));
    marks.ifPresent(given -> marks(page, given));
    List<Item> foot = new ArrayList<>();
    CheckText.usage(reports).forEach(usage -> foot.add(new Item("use", usage)));
    foot.add(new Item("seed", Long.toString(reports.get(0).seed())));
    foot.add(new Item("command", provenance.command()));
    foot.add(new Item("versions", provenance.versions()));
    foot.add(new Item("machine", provenance.machine()));
    return page.foot(foot).html();
  }

  private static List<Item> tiles(List<Report> reports, Optional<Marks> marks) {
    List<Item> tiles = new ArrayList<>();
    marks.ifPresent(given -> tiles.add(new Item("mark", given.percent().toPlainString() + " %")));
    for (Outcome outcome : Outcome.values()) {
      long count = reports.stream().mapToLong(report -> report.count(outcome)).sum();
      String name =
          switch (outcome) {
            case PASS -> "passed";
            case FAIL -> "failed";
            case WEAK, SKIPPED -> outcome.word();
          };
      tiles.add(new Item(name, Units.count(count)));
    }
    double nanos = reports.stream().mapToDouble(report -> report.elapsed().toNanos()).sum();
    tiles.add(new Item("time", Units.time(nanos)));
    return tiles;
  }

  private static void report(Page page, Report report) {
    String protocol = report.protocol().toUpperCase(Locale.ROOT);
    page.heading("Over " + protocol);
    if (!report.ended().isEmpty()) {
      page.notes(List.of("The grading ended early: " + report.ended()));
    }
    if (report.traits() != null) {
      page.subheading("What the server is");
      page.facts(CheckText.traitItems(report.traits()));
    }
    List<Verdict> findings = report.verdicts().stream().filter(CheckHtml::shown).toList();
    if (!findings.isEmpty()) {
      page.subheading("What did not pass");
      findings.forEach(verdict -> page.markup(FindingHtml.of(verdict, report.address())));
    }
    page.subheading("All cases");
    page.markup(table(report));
  }

  /** Whether the evidence is shown. */
  private static boolean shown(Verdict verdict) {
    return verdict.symptom() != null || verdict.flaky();
  }

  private static String table(Report report) {
    StringBuilder table = new StringBuilder("<table class=\"verdicts\">\n<caption>");
    table
        .append(escape("In the order in which they ran. The time is that of all tries."))
        .append("</caption>\n<thead><tr>");
    for (String heading : List.of("case", "verdict", "what a right server does", "time")) {
      table.append("<th scope=\"col\">").append(heading).append("</th>");
    }
    table.append("</tr></thead>\n");
    String group = "";
    for (Verdict verdict : report.verdicts()) {
      // What asks whether the server still serves stands where it was asked.
      if (!verdict.check().group().equals(group)
          && !(verdict.check().proves() && !group.isEmpty())) {
        table.append(group.isEmpty() ? "" : "</tbody>\n");
        group = verdict.check().group();
        table.append(
            "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"" + COLUMNS + "\">");
        table.append(escape(group)).append("</th></tr>\n");
      }
      table.append(row(verdict));
    }
    return table.append("</tbody>\n</table>\n").toString();
  }

  private static String row(Verdict verdict) {
    String id = escape(verdict.check().id());
    String name = shown(verdict) ? "<a href=\"#" + id + "\">" + id + "</a>" : id;
    String time = verdict.outcome() == Outcome.SKIPPED ? "" : Units.time(verdict.elapsed());
    return "<tr><th scope=\"row\">"
        + name
        + "</th><td>"
        + FindingHtml.word(verdict)
        + "</td><td>"
        + escape(CheckText.sentence(verdict))
        + "</td><td>"
        + escape(time)
        + "</td></tr>\n";
  }

  private static void marks(Page page, Marks marks) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("group", "passed", "of", "weight"));
    for (Marks.Group group : marks.groups()) {
      rows.add(
          List.of(
              group.name(),
              Units.count(group.passed()),
              Units.count(group.cases()),
              group.weight().toPlainString()));
    }
    page.heading("The mark").table("Cases that count, by group", rows);
  }
}
