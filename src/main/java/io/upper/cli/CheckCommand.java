package io.upper.cli;

import io.upper.check.Budget;
import io.upper.check.CheckCase;
import io.upper.check.CheckedServer;
import io.upper.check.Grader;
import io.upper.check.Level;
import io.upper.check.Report;
import io.upper.check.StartedServer;
import io.upper.check.Symptom;
import io.upper.check.TlsIdentity;
import io.upper.check.cases.Cases;
import io.upper.check.report.CheckText;
import io.upper.check.report.Matrix;
import io.upper.check.report.MatrixText;
import io.upper.config.ConfigurationException;
import io.upper.net.Addresses;
import io.upper.report.Provenance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code upper check}: grades a server. */
@Command(
    name = "check",
    headerHeading =
        "Examples:%n"
            + "  upper check localhost:2000%n"
            + "  upper check unix:/run/upper.sock%n"
            + "  upper check -- python3 server.py {port}%n"
            + "  upper check --class class.txt%n"
            + "  upper check --matrix lesson:tcp-select,lesson:tcp-thread,model:event-loop%n"
            + "  upper check --explain tcp/end/reply-after-fin%n%n",
    description = "Grade an uppercase server, in any language.",
    footer = {
      "",
      "Exit status: 0 all must-cases passed, 1 some failed (with --min: the mark is below it),",
      "2 bad usage, 3 the server could not be reached or started. With --class: 0 whatever the",
      "marks, 2 a wrong file, 130 interrupted. With --matrix: 0 whatever the verdicts, 3 if a server",
      "could not be started. What each verdict means: docs/check.md."
    },
    sortOptions = false)
public final class CheckCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int NO_SERVER = 3;

  @Mixin private CheckOptions options;

  @Mixin private CheckMatrix matrix;

  @Mixin private CheckOutputs outputs;

  @Mixin private CheckClass course;

  @Option(names = "--list", description = "List the cases, and exit.")
  private boolean list;

  @Option(names = "--explain", paramLabel = "ID", description = "Explain a case, and exit.")
  private String explain;

  @Mixin private Verbosity verbosity;

  @Spec private CommandSpec spec;

  private final List<Report> reports = new ArrayList<>();
  private final Interruption interruption = new Interruption();

  @Override
  public Integer call() throws Exception {
    List<CheckCase> all = Cases.ALL;
    if (list) {
      CheckText.list(all).forEach(System.out::println);
      return 0;
    }
    if (explain != null) {
      CheckText.explanation(named(all)).forEach(System.out::println);
      return 0;
    }
    Grader.Settings settings =
        new Grader.Settings(
            options.seed(),
            options.level(),
            options.full(),
            options.selected(all),
            Grader.Settings.PATIENCE);
    if (matrix.isAsked()) {
      return gradeMatrix(all, settings);
    }
    matrix.requireNotUsed();
    List<Certificate> authorities =
        options.ca() == null ? List.of() : CaFile.read("--ca", options.ca());
    if (course.isAsked()) {
      return course.grade(spec.commandLine().getParseResult(), outputs.weights(all), interruption);
    }
    List<CheckOptions.Asked> asked = options.asked();
    try (CheckOutputs.Files files = outputs.open(all)) {
      interruption.listen();
      System.out.println("seed " + settings.seed());
      int status = gradeAll(asked, authorities, settings);
      if (!reports.isEmpty()) {
        System.out.println(CheckText.summary(reports) + outputs.mark(reports));
        CheckText.usage(reports).forEach(System.out::println);
        files.write(reports, provenance());
      }
      return interruption.happened() ? Interruption.STATUS : outputs.status(status, reports);
    }
  }

  private CheckCase named(List<CheckCase> all) {
    return all.stream()
        .filter(check -> check.id().equals(explain))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "--explain: there is no case " + explain + " (upper check --list)"));
  }

  private int gradeMatrix(List<CheckCase> all, Grader.Settings settings) throws Exception {
    matrix.requireNoOther(spec.commandLine().getParseResult());
    List<MatrixServer> servers = matrix.servers();
    MatrixDocument document = matrix.document();
    try (CheckOutputs.Files files = outputs.open(all)) {
      interruption.listen();
      System.err.println("seed " + settings.seed());
      List<Matrix> matrices = matrix.grade(servers, settings, interruption);
      MatrixText.lines(matrices, verbosity.isVerbose()).forEach(System.out::println);
      files.write(matrices, CheckMatrix.reports(matrices), provenance());
      if (interruption.happened()) {
        document.leave("the run was interrupted");
        return Interruption.STATUS;
      }
      if (!CheckMatrix.allStarted(matrices)) {
        document.leave("not every server could be started");
        return NO_SERVER;
      }
      document.write(matrices);
      return 0;
    }
  }

  private Provenance provenance() {
    return Provenance.of(spec.root().commandLine().getParseResult().originalArgs());
  }

  /** Starts a server if one of these is, and ends it. */
  private int gradeAll(
      List<CheckOptions.Asked> asked, List<Certificate> authorities, Grader.Settings settings)
      throws InterruptedException {
    List<String> protocols =
        asked.stream()
            .filter(CheckOptions.Asked::started)
            .map(CheckOptions.Asked::protocol)
            .toList();
    try {
      if (protocols.isEmpty()) {
        return gradeAll(servers(asked, null, authorities), settings);
      }
      try (StartedServer server =
          StartedServer.launch(options.command(), protocols, StartedServer.START)) {
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "upper-check-end"));
        server.awaitListening();
        int status = gradeAll(servers(asked, server, authorities), settings);
        server.close();
        reports.replaceAll(
            report -> report.server().equals(command()) ? report.with(server.usage()) : report);
        return status;
      }
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return NO_SERVER;
    }
  }

  private String command() {
    return String.join(" ", options.command());
  }

  private List<Graded> servers(
      List<CheckOptions.Asked> asked, StartedServer started, List<Certificate> authorities)
      throws IOException {
    List<Graded> servers = new ArrayList<>();
    for (CheckOptions.Asked each : asked) {
      CheckedServer server = each.started() ? started : running(each);
      String host = each.started() ? Addresses.host(server.address()) : each.host();
      String known = each.started() || Addresses.isPath(host) ? "localhost" : host;
      servers.add(
          new Graded(
              each.protocol(),
              each.started() ? command() : Addresses.text(host, each.port()),
              host,
              each.protocol().equals("tls")
                  ? server.withTls(new TlsIdentity(known, authorities))
                  : server,
              each.started()));
    }
    return servers;
  }

  private CheckedServer running(CheckOptions.Asked asked) throws IOException {
    SocketAddress address = asked.address();
    if (address instanceof InetSocketAddress inet) {
      mayAbuse(inet);
    }
    return () -> address;
  }

  private void mayAbuse(InetSocketAddress address) {
    if (options.level() == Level.ABUSE
        && !options.ownsServer()
        && !address.getAddress().isLoopbackAddress()) {
      throw new ConfigurationException(
          "--level abuse: "
              + Addresses.text(address)
              + " is another machine; if it is yours, add --i-own-this-server");
    }
  }

  private int gradeAll(List<Graded> servers, Grader.Settings settings) {
    Budget budget = new Budget(servers.size());
    int status = 0;
    for (Graded each : servers) {
      status = Math.max(status, grade(each, settings, budget));
    }
    return status;
  }

  /** A server over one protocol. */
  private record Graded(
      String protocol, String name, String host, CheckedServer server, boolean started) {}

  private int grade(Graded graded, Grader.Settings settings, Budget budget) {
    SocketAddress address = graded.server().address();
    String at =
        address instanceof InetSocketAddress inet ? " at " + Addresses.text(inet) : ""; // Its name.
    System.out.println(graded.protocol() + " " + graded.name() + at);
    CheckProgress progress =
        new CheckProgress(graded.host(), graded.server(), verbosity.isVerbose());
    Report report =
        interruption.grade(
            new Grader(
                graded.server(),
                graded.name(),
                Cases.of(graded.protocol()),
                settings,
                budget,
                progress));
    if (!graded.started() && unreachable(report)) {
      System.err.println(
          graded.name() + " cannot be reached; does the server run? " + report.ended());
      return NO_SERVER;
    }
    reports.add(report);
    return report.passed() ? 0 : FAILED;
  }

  private static boolean unreachable(Report report) {
    return report.traits() == null && report.verdicts().get(0).symptom() == Symptom.NO_CONNECTION;
  }
}
