package io.upper.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A table as text: the first column is left-aligned, the others right-aligned. */
public final class TextTable {

  private TextTable() {}

  /** The lines of a table whose columns are as wide as their widest cell. */
  public static List<String> lines(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /**
   * The lines of a table of limited width. Columns that do not fit follow in further tables below,
   * each with the first column again.
   */
  public static List<String> lines(List<List<String>> rows, int width) {
    List<String> lines = new ArrayList<>();
    int columns = rows.get(0).size();
    int from = 1;
    while (from < columns || lines.isEmpty()) {
      int to = Math.min(from + 1, columns);
      List<String> part = lines(part(rows, from, to));
      while (to < columns && widest(lines(part(rows, from, to + 1))) <= width) {
        to++;
        part = lines(part(rows, from, to));
      }
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(part);
      from = to;
    }
    return lines;
  }

  private static List<List<String>> part(List<List<String>> rows, int from, int to) {
    return rows.stream()
        .map(row -> Stream.concat(Stream.of(row.get(0)), row.subList(from, to).stream()).toList())
        .toList();
  }

  private static int widest(List<String> lines) {
    return lines.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String gap = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + gap : "  " + gap + row.get(i));
    }
    return line.toString().stripTrailing();
  }
}
