package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.check.Outcome;
import io.upper.check.Reports;
import io.upper.check.report.Matrix;
import io.upper.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --markdown}: the file, and what of it is replaced. */
class MatrixDocumentTest {
  private static final List<Matrix> MATRICES =
      List.of(
          new Matrix(
              "tcp",
              List.of(
                  new Matrix.Column(
                      "right", Reports.of(Reports.ran("tcp/basic/order", Outcome.PASS)), ""))));
  private static final String WRITTEN =
      "Over TCP, 1 server (right): 1 case, all passed.\n\nSigns: . pass.\n";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("x.md");
  }

  @Test
  void onlyWhatIsBetweenTheLinesIsReplaced() throws Exception {
    Files.writeString(file, "# Ä\n<!-- matrix -->\nold\n<!-- /matrix -->\nend\n");
    MatrixDocument.open(file).write(MATRICES);
    assertEquals(
        "# Ä\n<!-- matrix -->\n" + WRITTEN + "<!-- /matrix -->\nend\n", Files.readString(file));
  }

  @Test
  void aNewFileGetsTheLines() throws Exception {
    MatrixDocument.open(file).write(MATRICES);
    assertEquals("<!-- matrix -->\n" + WRITTEN + "<!-- /matrix -->\n", Files.readString(file));
    MatrixDocument.open(file).write(MATRICES);
    assertEquals("<!-- matrix -->\n" + WRITTEN + "<!-- /matrix -->\n", Files.readString(file));
  }

  @Test
  void aFileWithoutAPlaceStaysAsItIs() throws Exception {
    String text = "<!-- /matrix -->\n<!-- matrix -->\n";
    Files.writeString(file, text);
    assertThrows(ConfigurationException.class, () -> MatrixDocument.open(file));
    assertEquals(text, Files.readString(file));
  }
}
