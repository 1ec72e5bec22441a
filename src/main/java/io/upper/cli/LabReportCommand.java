package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.lab.LabResult;
import io.upper.lab.report.ChromeTrace;
import io.upper.lab.report.LabHtml;
import io.upper.lab.report.LabJson;
import io.upper.lab.report.LabText;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code upper lab report}: draws a session saved with {@code --json}. */
@Command(
    name = "report",
    description = {
      "Draw a saved session: print it, and write its page.",
      "Save one with upper lab --json FILE, or upper lab scaling --json FILE."
    },
    footer = {"", "Exit status: 2 bad usage or no saved session, 1 cannot be read, 0 otherwise."},
    sortOptions = false)
public final class LabReportCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Parameters(paramLabel = "FILE", description = "The saved session; - for standard input.")
  private String file;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Also write the HTML page; an existing file is replaced.")
  private Path out;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Also write it as Chrome trace events, for Perfetto or speedscope.")
  private Path trace;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws IOException {
    LabResult result = session(read());
    try (OutputFile html = OutputFile.open("--out", out);
        OutputFile events = OutputFile.open("--trace", trace)) {
      System.out.print(LabText.of(result));
      events.write(to -> ChromeTrace.write(result, to));
      html.write(LabHtml.of(result));
    }
    return 0;
  }

  private String read() throws IOException {
    try {
      return file.equals(STANDARD_INPUT)
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": not a JSON object");
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private LabResult session(String text) {
    JsonObject json;
    try {
      json = new JsonObject(text);
    } catch (RuntimeException e) {
      throw new ConfigurationException(file + ": not a JSON object");
    }
    try {
      return LabJson.read(json);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(file + ": " + e.getMessage());
    }
  }
}
