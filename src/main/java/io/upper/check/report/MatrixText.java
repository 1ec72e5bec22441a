package io.upper.check.report;

import io.upper.check.CheckCase;
import io.upper.report.TextTable;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Servers side by side, as text: a row for each case, a sign for each verdict. */
public final class MatrixText {
  private static final int WIDTH = 100;

  private final boolean all;
  private final Set<Matrix.Cell> seen = new TreeSet<>();

  private MatrixText(boolean all) {
    this.all = all;
  }

  /**
   * A table for each protocol, and the key to the signs.
   *
   * @param all whether what every server passes has a row, too
   */
  public static List<String> lines(List<Matrix> matrices, boolean all) {
    MatrixText text = new MatrixText(all);
    List<String> lines = new ArrayList<>();
    matrices.forEach(matrix -> lines.addAll(text.part(matrix)));
    lines.add(
        text.seen.stream()
            .map(cell -> cell.sign() + " " + cell.meaning())
            .collect(Collectors.joining("   ")));
    return lines;
  }

  private List<String> part(Matrix matrix) {
    List<String> names = matrix.columns().stream().map(Matrix.Column::name).toList();
    List<String> numbers =
        IntStream.rangeClosed(1, names.size()).mapToObj(Integer::toString).toList();
    List<String> lines = new ArrayList<>(table(matrix, names));
    boolean numbered = lines.get(0).length() > WIDTH;
    if (numbered) {
      lines = new ArrayList<>(table(matrix, numbers));
    }
    int shown = rows(matrix).size();
    int left = matrix.cases().size() - shown;
    if (left > 0) {
      String cases = Units.plural(left, shown == 0 ? "case" : "more case");
      boolean started = matrix.columns().stream().allMatch(Matrix.Column::started);
      String who = started ? "all" : "all that were started";
      lines.add(cases + " over " + matrix.protocol() + ": " + who + " pass");
    }
    for (int i = 0; numbered && i < names.size(); i++) {
      lines.add(String.format(Locale.ROOT, "%3d %s", i + 1, names.get(i)));
    }
    matrix.columns().stream()
        .filter(column -> !column.started())
        .map(column -> column.name() + " was not started: " + column.problem())
        .forEach(lines::add);
    lines.add("");
    return lines;
  }

  private List<CheckCase> rows(Matrix matrix) {
    return all ? matrix.cases() : matrix.tellingCases();
  }

  private List<String> table(Matrix matrix, List<String> headings) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("case", headings.stream()));
    for (CheckCase check : rows(matrix)) {
      List<Matrix.Cell> cells = matrix.cells(check);
      seen.addAll(cells);
      rows.add(row(check.id(), cells.stream().map(Matrix.Cell::sign)));
    }
    return TextTable.lines(rows);
  }

  private static List<String> row(String first, Stream<String> others) {
    return Stream.concat(Stream.of(first), others).toList();
  }
}
