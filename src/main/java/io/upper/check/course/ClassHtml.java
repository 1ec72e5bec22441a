package io.upper.check.course;

import io.upper.report.Page;
import io.upper.report.Provenance;
import io.upper.report.Units;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table of a class, with a link to the page of each submission. */
final class ClassHtml {
  private ClassHtml() {}

  /** The whole file, in UTF-8. */
  static String of(List<Result> results, Map<String, BigDecimal> weights, Provenance provenance) {
    Page page = new Page("upper check: a class of " + Units.plural(results.size(), "submission"));
    page.paragraph(ClassText.graded(results) + ".");
    page.markup("<div class=\"marks\">\n");
    page.table("Marks in percent", marks(results, weights), links(results));
    page.markup("</div>\n");
    page.paragraph(
        "For each group of cases: how many of them passed, and how many count in the mark.");
    List<Fault> faults = Fault.of(results);
    if (!faults.isEmpty()) {
      page.heading("What the class shares");
      for (Fault fault : faults) {
        page.subheading(
            Units.plural(fault.names().size(), "submission") + ": " + fault.check().id());
        page.paragraph(fault.check().sentence() + " Usual mistake: " + fault.check().mistake());
        page.paragraph(String.join(", ", fault.names()));
      }
    }
    return page.foot(
            List.of(
                new Page.Item("command", provenance.command()),
                new Page.Item("versions", provenance.versions()),
                new Page.Item("machine", provenance.machine())))
        .html();
  }

  private static List<List<String>> marks(List<Result> results, Map<String, BigDecimal> weights) {
    List<String> groups = MarksCsv.groups(results, weights);
    List<List<String>> rows = new ArrayList<>();
    List<String> headings = new ArrayList<>(List.of("name", "mark"));
    headings.addAll(groups);
    headings.add("status");
    rows.add(headings);
    for (Result result : results) {
      List<String> row = new ArrayList<>(List.of(result.submission().name()));
      row.add(result.isGraded() ? result.marks(weights).percent().toPlainString() : "–");
      groups.forEach(
          name ->
              row.add(
                  result
                      .group(name)
                      .map(group -> group.passed() + "/" + group.cases())
                      .orElse("–")));
      row.add(result.status());
      rows.add(row);
    }
    return rows;
  }

  /** What was printed, of those that have no page. */
  private static Map<String, String> links(List<Result> results) {
    Map<String, String> links = new TreeMap<>();
    for (Result result : results) {
      Submission submission = result.submission();
      if (submission.obstacle().isEmpty()) {
        links.put(
            submission.name(), submission.fileName() + (result.isGraded() ? ".html" : ".txt"));
      }
    }
    return links;
  }
}
