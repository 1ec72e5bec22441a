package io.upper.cli;

import io.upper.check.report.Matrix;
import io.upper.check.report.MatrixMarkdown;
import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A document in Markdown with a place for a matrix: what is between two lines is replaced. */
final class MatrixDocument {
  static final String BEGIN = "<!-- matrix -->\n";
  static final String END = "<!-- /matrix -->\n";
  private static final String OPTION = "--markdown";

  private final Path path;

  private MatrixDocument(Path path) {
    this.path = path;
  }

  /**
   * Checks that the file can be written, before the run.
   *
   * @param path or null; then nothing is written
   * @throws ConfigurationException if it cannot, or has no place for a matrix
   */
  static MatrixDocument open(Path path) throws IOException {
    OutputFile.open(OPTION, path).close();
    if (path != null && Files.exists(path)) {
      requirePlace(path, Files.readString(path));
    }
    return new MatrixDocument(path);
  }

  private static void requirePlace(Path path, String text) {
    int begin = text.indexOf(BEGIN);
    if (begin < 0 || text.indexOf(END, begin) < 0) {
      throw new ConfigurationException(
          OPTION + ": " + path + " has no lines " + BEGIN.strip() + " and " + END.strip());
    }
  }

  /** Says that it stays as it is. */
  void leave(String why) {
    if (path != null) {
      System.err.println(path + " is not written: " + why);
    }
  }

  /** Writes the whole of a new file, the place for it of another. */
  void write(List<Matrix> matrices) throws IOException {
    if (path == null) {
      return;
    }
    // Read again: it may have been edited during the run.
    String old = Files.exists(path) ? Files.readString(path) : BEGIN + END;
    requirePlace(path, old);
    int begin = old.indexOf(BEGIN) + BEGIN.length();
    int end = old.indexOf(END, begin);
    String text = old.substring(0, begin) + MatrixMarkdown.of(matrices) + old.substring(end);
    Files.write(path, text.getBytes(StandardCharsets.UTF_8));
  }
}
