package io.upper.cli;

import io.upper.lab.LabResult;
import io.upper.lab.LabText;
import io.upper.lab.report.LabHtml;
import io.upper.lab.report.LabJson;
import io.upper.stress.report.Provenance;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** Where the lab's commands leave what they have measured. */
final class LabReport {

  private LabReport() {}

  static Provenance provenance(CommandSpec spec) {
    return Provenance.of(spec.root().commandLine().getParseResult().originalArgs());
  }

  /**
   * Prints the result, writes the report and says where.
   *
   * @param json may be null
   */
  static void write(LabResult result, Path out, Path json) throws IOException {
    System.out.print(LabText.of(result));
    JsonObject all = LabJson.of(result);
    if (json != null) {
      Files.writeString(json, all.encodePrettily());
    }
    Files.writeString(out, LabHtml.of(all));
    System.out.println();
    System.out.println("The report is in " + out + ": open it in a browser.");
  }
}
