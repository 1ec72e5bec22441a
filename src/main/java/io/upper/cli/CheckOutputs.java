package io.upper.cli;

import io.upper.check.CheckCase;
import io.upper.check.Marks;
import io.upper.check.Report;
import io.upper.check.report.CheckHtml;
import io.upper.check.report.CheckJson;
import io.upper.check.report.CheckJunit;
import io.upper.check.report.Matrix;
import io.upper.check.report.MatrixHtml;
import io.upper.config.ConfigurationException;
import io.upper.report.Provenance;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** What {@code upper check} writes into files, and the mark. */
final class CheckOutputs {
  // As many digits as a mark shows.
  private static final String NUMBER = "[0-9]{1,4}(\\.[0-9]{1,2})?";
  private static final int FAILED = 1;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all verdicts as JSON.")
  private Path json;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write all verdicts as JUnit XML, for CI servers.")
  private Path junit;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page for a browser, with the evidence of what did not pass.")
  private Path html;

  @Option(
      names = "--min",
      paramLabel = "PERCENT",
      description = "Print the mark; below this one, and only then, the exit status is 1: 80%%.")
  private String min;

  @Option(
      names = "--weights",
      paramLabel = "GROUP=N",
      split = ",",
      description = "Print the mark; a case of this group counts N times: basic=3,pressure=0.")
  private List<String> weights = new ArrayList<>();

  private Map<String, BigDecimal> weightOf = Map.of();
  private BigDecimal least;

  /**
   * Checks the options and opens the files, before the grading.
   *
   * @param all cases, whose groups may have weights
   * @throws ConfigurationException if an option is wrong or a file cannot be written
   */
  Files open(List<CheckCase> all) {
    weightOf = weights(all);
    least = min == null ? null : percent();
    return new Files(
        OutputFile.open("--json", json),
        OutputFile.open("--junit", junit),
        OutputFile.open("--html", html));
  }

  private BigDecimal percent() {
    String number = min.endsWith("%") ? min.substring(0, min.length() - 1) : min;
    if (!number.matches(NUMBER) || new BigDecimal(number).compareTo(BigDecimal.valueOf(100)) > 0) {
      throw new ConfigurationException(
          "--min: " + min + " is no mark from 0 to 100 with at most two decimals, such as 80%");
    }
    return new BigDecimal(number);
  }

  /**
   * The weights that were given, by name of the group.
   *
   * @throws ConfigurationException if there is no such group
   */
  Map<String, BigDecimal> weights(List<CheckCase> all) {
    TreeSet<String> groups =
        all.stream().map(CheckCase::groupName).collect(Collectors.toCollection(TreeSet::new));
    Map<String, BigDecimal> map = new TreeMap<>();
    for (String weight : weights) {
      String[] parts = weight.split("=", 2);
      if (parts.length < 2 || !parts[1].matches(NUMBER)) {
        throw new ConfigurationException(
            "--weights: " + weight + " is not GROUP=N, such as basic=3 or text=0.5");
      }
      if (!groups.contains(parts[0])) {
        throw new ConfigurationException(
            "--weights: no group " + parts[0] + "; there are " + String.join(", ", groups));
      }
      if (map.put(parts[0], new BigDecimal(parts[1])) != null) {
        throw new ConfigurationException("--weights: " + parts[0] + " has two weights");
      }
    }
    return map;
  }

  private boolean marked() {
    return least != null || !weightOf.isEmpty();
  }

  /** The end of the summary; empty if no mark was asked for. */
  String mark(List<Report> reports) {
    return marked() ? "; mark " + Marks.of(reports, weightOf).percent().toPlainString() + " %" : "";
  }

  /**
   * With {@code --min} the mark decides between passed and failed.
   *
   * @param status without it
   */
  int status(int status, List<Report> reports) {
    return least == null || status > FAILED
        ? status
        : Marks.of(reports, weightOf).reaches(least) ? 0 : FAILED;
  }

  /** The files, open; used by one thread. */
  final class Files implements AutoCloseable {
    private final OutputFile jsonFile;
    private final OutputFile junitFile;
    private final OutputFile htmlFile;

    private Files(OutputFile jsonFile, OutputFile junitFile, OutputFile htmlFile) {
      this.jsonFile = jsonFile;
      this.junitFile = junitFile;
      this.htmlFile = htmlFile;
    }

    void write(List<Report> reports, Provenance provenance) throws IOException {
      Marks marks = Marks.of(reports, weightOf);
      jsonFile.write(CheckJson.of(reports, marks, provenance).encodePrettily());
      junitFile.write(CheckJunit.of(reports));
      Optional<Marks> shown = marked() ? Optional.of(marks) : Optional.empty();
      htmlFile.write(CheckHtml.page(reports, shown, provenance));
    }

    /** Of several servers. */
    void write(List<Matrix> matrices, List<Report> reports, Provenance provenance)
        throws IOException {
      Marks marks = Marks.of(reports, Map.of());
      jsonFile.write(CheckJson.of(reports, marks, provenance).encodePrettily());
      htmlFile.write(MatrixHtml.of(matrices, provenance));
    }

    @Override
    public void close() throws IOException {
      jsonFile.close();
      junitFile.close();
      htmlFile.close();
    }
  }
}
