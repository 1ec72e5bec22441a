package io.upper.check.course;

import io.upper.check.CheckCase;
import io.upper.check.Marks;
import io.upper.check.cases.Cases;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The marks of a class as comma-separated values (RFC 4180), for a spreadsheet. */
final class MarksCsv {
  private static final String LINE_END = "\r\n";

  private MarksCsv() {}

  /** The table; two columns for each group of cases that was graded. */
  static String of(List<Result> results, Map<String, BigDecimal> weights) {
    List<String> groups = groups(results, weights);
    List<String> headings = new ArrayList<>(List.of("name", "status", "mark"));
    groups.forEach(group -> headings.addAll(List.of(group, group + " of")));
    StringBuilder csv = new StringBuilder(line(headings));
    results.forEach(result -> csv.append(line(row(result, groups, weights))));
    return csv.toString();
  }

  /** In the order of the cases. */
  static List<String> groups(List<Result> results, Map<String, BigDecimal> weights) {
    List<String> graded =
        results.stream()
            .filter(Result::isGraded)
            .flatMap(result -> result.marks(weights).groups().stream())
            .map(Marks.Group::name)
            .toList();
    return Cases.ALL.stream()
        .map(CheckCase::groupName)
        .distinct()
        .filter(graded::contains)
        .toList();
  }

  private static List<String> row(
      Result result, List<String> groups, Map<String, BigDecimal> weights) {
    List<String> row = new ArrayList<>(List.of(result.submission().name(), result.status()));
    row.add(result.isGraded() ? result.marks(weights).percent().toPlainString() : "");
    for (String name : groups) {
      Optional<Marks.Group> group = result.group(name);
      row.add(group.map(one -> "" + one.passed()).orElse(""));
      row.add(group.map(one -> "" + one.cases()).orElse(""));
    }
    return row;
  }

  private static String line(List<String> fields) {
    return fields.stream().map(MarksCsv::quoted).collect(Collectors.joining(",")) + LINE_END;
  }

  private static String quoted(String field) {
    return field.matches("(?s).*[\",\r\n].*") ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }
}
