package io.upper.report;

import java.util.List;

/** A table in text: the first column to the left, the others to the right. */
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

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String gap = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + gap : "  " + gap + row.get(i));
    }
    return line.toString().stripTrailing();
  }
}
