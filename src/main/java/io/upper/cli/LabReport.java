package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.lab.LabResult;
import io.upper.lab.report.ChromeTrace;
import io.upper.lab.report.LabHtml;
import io.upper.lab.report.LabJson;
import io.upper.lab.report.LabText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The output of the lab's commands; its files are opened before measuring. */
final class LabReport implements AutoCloseable {
  private final Path out;
  private final OutputFile html;
  private final OutputFile json;
  private final OutputFile trace;

  private LabReport(Path out, OutputFile html, OutputFile json, OutputFile trace) {
    this.out = out;
    this.html = html;
    this.json = json;
    this.trace = trace;
  }

  /**
   * Opens the files.
   *
   * @param json or null
   * @param trace or null
   */
  static LabReport open(Path out, Path json, Path trace) throws IOException {
    List<OutputFile> opened = new ArrayList<>();
    try {
      opened.add(OutputFile.open("--out", out));
      opened.add(OutputFile.open("--json", json));
      opened.add(OutputFile.open("--trace", trace));
      return new LabReport(out, opened.get(0), opened.get(1), opened.get(2));
    } catch (ConfigurationException e) {
      for (OutputFile file : opened) {
        file.close();
      }
      throw e;
    }
  }

  /** Prints the result, writes the report and prints its path. */
  void write(LabResult result) throws IOException {
    System.out.print(LabText.of(result));
    json.write(LabJson.of(result).encodePrettily());
    trace.write(to -> ChromeTrace.write(result, to));
    html.write(LabHtml.of(result));
    System.out.println();
    System.out.println("The report is in " + out + ": open it in a browser.");
  }

  @Override
  public void close() throws IOException {
    html.close();
    json.close();
    trace.close();
  }
}
