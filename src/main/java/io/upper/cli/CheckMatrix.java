package io.upper.cli;

import io.upper.cert.CertificateAuthority;
import io.upper.check.CheckCase;
import io.upper.check.CheckedServer;
import io.upper.check.Grader;
import io.upper.check.Report;
import io.upper.check.StartedServer;
import io.upper.check.TlsIdentity;
import io.upper.check.cases.Cases;
import io.upper.check.report.CheckText;
import io.upper.check.report.Matrix;
import io.upper.config.ConfigurationException;
import io.upper.jvm.TemporaryFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** {@code upper check --matrix}: grades servers of Upper's own, one after the other. */
final class CheckMatrix {
  private static final Set<String> WITH =
      Set.of(
          "--matrix",
          "--only",
          "--skip",
          "--level",
          "--full",
          "--seed",
          "--json",
          "--html",
          "--markdown",
          "--verbose");

  @Option(
      names = "--matrix",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Start lessons and models, grade them, and show them side by side: lesson:tcp-select,"
              + " lesson:all, model:event-loop, model:all.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "With --matrix: write it between the lines <!-- matrix --> and <!-- /matrix --> of FILE.")
  private Path markdown;

  private final Map<String, List<Matrix.Column>> columns = new LinkedHashMap<>();
  private volatile StartedServer running;

  boolean isAsked() {
    return !names.isEmpty();
  }

  /**
   * Checks that no option is given that would have no effect.
   *
   * @throws ConfigurationException naming the first one that is
   */
  void requireNoOther(ParseResult parsed) {
    for (OptionSpec option : parsed.matchedOptions()) {
      if (!WITH.contains(option.longestName())) {
        throw new ConfigurationException(option.longestName() + ": not with --matrix");
      }
    }
    if (parsed.hasMatchedPositional(0)) {
      throw new ConfigurationException(
          "--matrix starts its servers: leave out HOST:PORT and -- COMMAND");
    }
  }

  /** The document for {@code --markdown}. */
  MatrixDocument document() throws IOException {
    return MatrixDocument.open(markdown);
  }

  /** For a run without a matrix. */
  void requireNotUsed() {
    if (markdown != null) {
      throw new ConfigurationException("--markdown: only with --matrix");
    }
  }

  /** The servers, each once, in the order in which they are named. */
  List<MatrixServer> servers() {
    return names.stream().flatMap(MatrixServer::named).distinct().toList();
  }

  /**
   * Grades the servers, and prints to standard error how it goes.
   *
   * @return a matrix for each protocol
   * @throws IOException if no certificate can be made
   */
  List<Matrix> grade(
      List<MatrixServer> servers, Grader.Settings settings, Interruption interruption)
      throws IOException, InterruptedException {
    Path directory = TemporaryFiles.createDirectory("upper-check");
    Thread hook = new Thread(() -> clear(directory), "upper-check-end");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      if (servers.stream().anyMatch(server -> server.protocol().equals("tls"))) {
        CertificateAuthority.create(directory);
      }
      for (MatrixServer server : servers) {
        if (!interruption.happened()) {
          System.err.print(server.word() + ": ");
          Matrix.Column column = column(server, directory, settings, interruption);
          columns.computeIfAbsent(server.protocol(), key -> new ArrayList<>()).add(column);
          System.err.println(
              column.started() ? CheckText.summary(List.of(column.report())) : column.problem());
        }
      }
    } finally {
      clear(directory);
    }
    return columns.entrySet().stream()
        .map(each -> new Matrix(each.getKey(), each.getValue()))
        .toList();
  }

  private void clear(Path directory) {
    StartedServer server = running;
    if (server != null) {
      server.close();
    }
    TemporaryFiles.delete(directory);
  }

  private Matrix.Column column(
      MatrixServer server, Path directory, Grader.Settings settings, Interruption interruption)
      throws InterruptedException {
    List<String> protocols = List.of(server.protocol());
    try (StartedServer started =
        StartedServer.launch(server.command(directory), protocols, StartedServer.START)) {
      running = started;
      started.awaitListening();
      CheckedServer graded =
          server.protocol().equals("tls") ? started.withTls(identity(directory)) : started;
      List<CheckCase> cases = Cases.of(server.protocol());
      Report report =
          interruption.grade(
              new Grader(graded, server.word(), cases, settings, new Grader.Listener() {}));
      started.close();
      return new Matrix.Column(server.name(), report.with(started.usage()), "");
    } catch (IOException e) {
      return new Matrix.Column(server.name(), null, e.getMessage());
    }
  }

  private static TlsIdentity identity(Path directory) throws IOException {
    Path ca = directory.resolve(CertificateAuthority.CA_CERTIFICATE);
    return new TlsIdentity("localhost", CaFile.read("--matrix", ca));
  }

  /** Of all servers that were started. */
  static List<Report> reports(List<Matrix> matrices) {
    return columns(matrices).filter(Matrix.Column::started).map(Matrix.Column::report).toList();
  }

  static boolean allStarted(List<Matrix> matrices) {
    return columns(matrices).allMatch(Matrix.Column::started);
  }

  private static Stream<Matrix.Column> columns(List<Matrix> matrices) {
    return matrices.stream().flatMap(matrix -> matrix.columns().stream());
  }
}
