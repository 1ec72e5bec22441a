package io.upper.check.report;

import io.upper.check.CheckCase;
import io.upper.check.Outcome;
import io.upper.check.Verdict;
import io.upper.check.report.Matrix.Cell;
import io.upper.check.report.Matrix.Column;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Servers side by side, for a document: what two runs on two machines agree on. So there is no time
 * and no seed, a case that passed at the second try has passed, and what is known to vary has a
 * sign of its own, but no row if nothing else is to be told. Servers that do the same share a
 * column.
 */
public final class MatrixMarkdown {
  private final Set<Cell> seen = new TreeSet<>();

  private MatrixMarkdown() {}

  /** A table for each protocol, and the key to the signs; ends with a line end. */
  public static String of(List<Matrix> matrices) {
    MatrixMarkdown markdown = new MatrixMarkdown();
    List<String> lines = new ArrayList<>();
    matrices.forEach(matrix -> lines.addAll(markdown.part(matrix)));
    lines.add(markdown.key());
    return String.join("\n", lines) + "\n";
  }

  /** How a case ended, as a document says it. */
  static Cell cell(Column column, CheckCase check) {
    Cell found = column.cell(check);
    if (Varying.is(column.name(), check.id())) {
      return Cell.VARIES;
    }
    return found == Cell.VARIES ? Cell.PASS : found;
  }

  private List<String> part(Matrix matrix) {
    Map<String, List<CheckCase>> groups = rows(matrix);
    int rows = groups.values().stream().mapToInt(List::size).sum();
    List<String> lines = new ArrayList<>(List.of(summary(matrix, rows), ""));
    if (rows > 0) {
      lines.addAll(table(matrix, groups));
      lines.add("");
    }
    List<String> remarks = remarks(matrix);
    lines.addAll(remarks);
    if (!remarks.isEmpty()) {
      lines.add("");
    }
    return lines;
  }

  private static String summary(Matrix matrix, int rows) {
    List<String> names = matrix.columns().stream().map(Column::name).toList();
    return "Over "
        + matrix.protocol().toUpperCase(Locale.ROOT)
        + ", "
        + Units.plural(names.size(), "server")
        + (rows == 0 ? " (" + String.join(", ", names) + ")" : "")
        + ": "
        + Units.plural(matrix.cases().size() - rows, "case")
        + (rows == 0 ? ", all passed" : " passed everywhere")
        + (varies(matrix) ? ", apart from what varies" : "")
        + (rows == 0 ? "." : "; here are the " + rows + " others.");
  }

  private static boolean varies(Matrix matrix) {
    return Varying.RULES.stream()
        .anyMatch(
            rule ->
                matrix.columns().stream().anyMatch(column -> fits(rule, column.name(), matrix)));
  }

  /** What at least one server does not pass, by group; not what only varies. */
  private static Map<String, List<CheckCase>> rows(Matrix matrix) {
    Map<String, List<CheckCase>> groups = new LinkedHashMap<>();
    for (CheckCase check : matrix.cases()) {
      boolean told =
          matrix.columns().stream()
              .map(column -> cell(column, check))
              .anyMatch(cell -> cell != Cell.PASS && cell != Cell.VARIES);
      if (told) {
        groups.computeIfAbsent(check.group(), key -> new ArrayList<>()).add(check);
      }
    }
    return groups;
  }

  private List<String> table(Matrix matrix, Map<String, List<CheckCase>> groups) {
    List<CheckCase> rows = groups.values().stream().flatMap(List::stream).toList();
    Map<List<Cell>, List<String>> columns = new LinkedHashMap<>();
    for (Column column : matrix.columns()) {
      List<Cell> cells = rows.stream().map(check -> cell(column, check)).toList();
      columns.computeIfAbsent(cells, key -> new ArrayList<>()).add(column.name());
      seen.addAll(cells);
    }
    List<String> lines = new ArrayList<>();
    lines.add(row("case", columns.values().stream().map(names -> String.join("<br>", names))));
    lines.add(row("---", columns.keySet().stream().map(cells -> ":-:")));
    groups.forEach(
        (group, checks) -> {
          lines.add(row("**" + group + "**", columns.keySet().stream().map(cells -> "")));
          for (CheckCase check : checks) {
            int index = rows.indexOf(check);
            lines.add(
                row(
                    "`" + check.id().substring(group.length() + 1) + "`",
                    columns.keySet().stream().map(cells -> sign(cells.get(index)))));
          }
        });
    return lines;
  }

  private static String row(String first, Stream<String> others) {
    return Stream.concat(Stream.of(first), others).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String sign(Cell cell) {
    return cell == Cell.FAIL || cell == Cell.WEAK ? "**" + cell.sign() + "**" : cell.sign();
  }

  private static List<String> remarks(Matrix matrix) {
    List<String> remarks = new ArrayList<>();
    skipped(matrix)
        .forEach((reason, names) -> remarks.add("- Skipped: " + reason + ": " + names + "."));
    for (Varying.Rule rule : Varying.RULES) {
      List<String> names =
          matrix.columns().stream()
              .map(Column::name)
              .filter(name -> fits(rule, name, matrix))
              .toList();
      if (!names.isEmpty()) {
        String who = names.size() == matrix.columns().size() ? "all" : String.join(", ", names);
        remarks.add("- Varies, since " + rule.why() + ": " + who + ", `" + rule.ids() + "`.");
      }
    }
    return remarks;
  }

  private static boolean fits(Varying.Rule rule, String name, Matrix matrix) {
    return matrix.cases().stream().anyMatch(check -> rule.fits(name, check.id()));
  }

  /** The reasons, and the servers to which each applies. */
  private static Map<String, String> skipped(Matrix matrix) {
    Map<String, Set<String>> servers = new LinkedHashMap<>();
    for (Column column : matrix.columns()) {
      column.verdicts().stream()
          .filter(verdict -> verdict.outcome() == Outcome.SKIPPED)
          .filter(verdict -> cell(column, verdict.check()) == Cell.SKIPPED)
          .map(MatrixMarkdown::reason)
          .forEach(
              reason ->
                  servers.computeIfAbsent(reason, key -> new LinkedHashSet<>()).add(column.name()));
    }
    Map<String, String> joined = new LinkedHashMap<>();
    servers.forEach((reason, names) -> joined.put(reason, String.join(", ", names)));
    return joined;
  }

  /** Those of this run have its times. */
  private static String reason(Verdict verdict) {
    return verdict.counts() ? "the server had ended, or the time was over" : verdict.reason();
  }

  private String key() {
    return Stream.concat(Stream.of(Cell.PASS), seen.stream())
        .distinct()
        .map(cell -> sign(cell) + " " + cell.meaning())
        .collect(Collectors.joining(", ", "Signs: ", "."));
  }
}
