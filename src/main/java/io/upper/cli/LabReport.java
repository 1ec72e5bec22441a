package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.lab.LabResult;
import io.upper.lab.report.LabHtml;
import io.upper.lab.report.LabJson;
import io.upper.lab.report.LabText;
import java.io.IOException;
import java.nio.file.Path;

/** The output of the lab's commands; its files are opened before measuring. */
final class LabReport implements AutoCloseable {
  private final Path out;
  private final OutputFile html;
  private final OutputFile json;

  private LabReport(Path out, OutputFile html, OutputFile json) {
    this.out = out;
    this.html = html;
    this.json = json;
  }

  /**
   * Opens the files.
   *
   * @param json or null
   */
  static LabReport open(Path out, Path json) throws IOException {
    OutputFile html = OutputFile.open("--out", out);
    try {
      return new LabReport(out, html, OutputFile.open("--json", json));
    } catch (ConfigurationException e) {
      html.close();
      throw e;
    }
  }

  /** Prints the result, writes the report and prints its path. */
  void write(LabResult result) throws IOException {
    System.out.print(LabText.of(result));
    json.write(LabJson.of(result).encodePrettily());
    html.write(LabHtml.of(result));
    System.out.println();
    System.out.println("The report is in " + out + ": open it in a browser.");
  }

  @Override
  public void close() throws IOException {
    html.close();
    json.close();
  }
}
