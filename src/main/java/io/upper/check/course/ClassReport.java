package io.upper.check.course;

import io.upper.report.Provenance;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** The files that are about the whole class. */
public final class ClassReport {
  /** The marks, for a spreadsheet. */
  public static final String MARKS = "marks.csv";

  /** The table, for a browser. */
  public static final String TABLE = "index.html";

  private ClassReport() {}

  /**
   * Writes both files into this directory; existing ones are replaced.
   *
   * @param weights by name of the group; 1 for those it does not have
   */
  public static void write(
      Path out, List<Result> results, Map<String, BigDecimal> weights, Provenance provenance)
      throws IOException {
    replace(out.resolve(MARKS), MarksCsv.of(results, weights));
    replace(out.resolve(TABLE), ClassHtml.of(results, weights, provenance));
  }

  private static void replace(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, text);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
