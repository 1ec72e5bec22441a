package io.upper.cli;

import io.upper.check.CheckCase;
import io.upper.check.CheckedServer;
import io.upper.check.Grader;
import io.upper.check.Level;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.StartedServer;
import io.upper.check.Symptom;
import io.upper.check.TlsIdentity;
import io.upper.check.Traits;
import io.upper.check.Verdict;
import io.upper.check.cases.Cases;
import io.upper.check.report.CheckJson;
import io.upper.check.report.CheckText;
import io.upper.config.ConfigurationException;
import io.upper.net.Addresses;
import io.upper.report.Provenance;
import io.upper.report.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code upper check}: grades a server. */
@Command(
    name = "check",
    headerHeading =
        "Examples:%n"
            + "  upper check localhost:2000%n"
            + "  upper check -- python3 server.py {port}%n"
            + "  upper check --explain tcp/end/reply-after-fin%n%n",
    description = "Grade an uppercase server, in any language.",
    footer = {
      "",
      "Exit status: 0 all must-cases passed, 1 some failed, 2 bad usage, 3 the server could not be",
      "reached or started. What each verdict means: docs/check.md."
    },
    sortOptions = false)
public final class CheckCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int NO_SERVER = 3;
  private static final int INTERRUPTED = 128 + 2;

  @Mixin private CheckOptions options;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all verdicts as JSON.")
  private Path json;

  @Option(names = "--list", description = "List the cases, and exit.")
  private boolean list;

  @Option(names = "--explain", paramLabel = "ID", description = "Explain a case, and exit.")
  private String explain;

  @Mixin private Verbosity verbosity;

  @Spec private CommandSpec spec;

  private final List<Report> reports = new ArrayList<>();
  private volatile Grader grader;
  private volatile boolean interrupted;

  @Override
  public Integer call() throws Exception {
    List<CheckCase> all = Stream.of(Cases.TCP, Cases.UDP, Cases.TLS).flatMap(List::stream).toList();
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
    List<CheckOptions.Asked> asked = options.asked();
    List<Certificate> authorities = authorities();
    try (OutputFile jsonFile = OutputFile.open("--json", json)) {
      stopOnSignal();
      System.out.println("seed " + settings.seed());
      int status =
          options.command().isEmpty()
              ? gradeRunning(asked, authorities, settings)
              : gradeStarted(asked, authorities, settings);
      if (!reports.isEmpty()) {
        System.out.println(CheckText.summary(reports));
        Provenance provenance =
            Provenance.of(spec.root().commandLine().getParseResult().originalArgs());
        jsonFile.write(CheckJson.of(reports, provenance).encodePrettily());
      }
      return interrupted ? INTERRUPTED : status;
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

  private List<Certificate> authorities() throws IOException {
    if (options.ca() == null) {
      return List.of();
    }
    try (InputStream file = Files.newInputStream(options.ca())) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(file));
    } catch (CertificateException e) {
      throw new ConfigurationException(
          "--ca: " + options.ca() + " has no certificate in PEM format");
    }
  }

  private int gradeRunning(
      List<CheckOptions.Asked> asked, List<Certificate> authorities, Grader.Settings settings)
      throws IOException {
    List<Graded> servers = new ArrayList<>();
    for (CheckOptions.Asked each : asked) {
      InetSocketAddress address = address(each);
      mayAbuse(address);
      CheckedServer server = CheckedServer.at(address);
      servers.add(
          new Graded(
              each.protocol(),
              Addresses.text(each.host(), each.port()),
              each.host(),
              each.protocol().equals("tls")
                  ? server.withTls(new TlsIdentity(each.host(), authorities))
                  : server));
    }
    int status = 0;
    for (Graded each : servers) {
      status = Math.max(status, grade(each, settings, null));
    }
    return status;
  }

  /** The address of a name that accepts; of UDP the first. */
  private static InetSocketAddress address(CheckOptions.Asked asked) throws IOException {
    List<InetAddress> addresses;
    try {
      addresses = Addresses.resolve(asked.host());
    } catch (java.net.UnknownHostException e) {
      throw new ConfigurationException(asked.host() + ": the name is unknown");
    }
    if (addresses.size() > 1 && !asked.protocol().equals("udp")) {
      for (InetAddress address : addresses) {
        if (accepts(address, asked.port())) {
          return new InetSocketAddress(address, asked.port());
        }
      }
    }
    return new InetSocketAddress(addresses.get(0), asked.port());
  }

  private static boolean accepts(InetAddress address, int port) {
    try (java.net.Socket socket = new java.net.Socket()) {
      socket.connect(new InetSocketAddress(address, port), 3000);
      return true;
    } catch (IOException e) {
      return false;
    }
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

  private int gradeStarted(
      List<CheckOptions.Asked> asked, List<Certificate> authorities, Grader.Settings settings)
      throws InterruptedException {
    int status = 0;
    try (StartedServer server = StartedServer.start(options.command(), StartedServer.START)) {
      Thread last = new Thread(server::close, "upper-check-end");
      Runtime.getRuntime().addShutdownHook(last);
      String name = String.join(" ", options.command());
      for (CheckOptions.Asked each : asked) {
        CheckedServer graded =
            each.protocol().equals("tls")
                ? server.withTls(new TlsIdentity("localhost", authorities))
                : server;
        Graded one =
            new Graded(
                each.protocol(), name, Addresses.text(server.address().getAddress()), graded);
        status = Math.max(status, grade(one, settings, server));
      }
      return status;
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return NO_SERVER;
    }
  }

  /** A server over one protocol. */
  private record Graded(String protocol, String name, String host, CheckedServer server) {
    List<CheckCase> cases() {
      return switch (protocol) {
        case "udp" -> Cases.UDP;
        case "tls" -> Cases.TLS;
        default -> Cases.TCP;
      };
    }
  }

  private int grade(Graded graded, Grader.Settings settings, StartedServer started) {
    InetSocketAddress address = graded.server().address();
    System.out.println(graded.protocol() + " " + graded.name() + " at " + Addresses.text(address));
    Progress progress = new Progress(graded, verbosity.isVerbose());
    grader = new Grader(graded.server(), graded.name(), graded.cases(), settings, progress);
    if (interrupted) {
      grader.stop();
    }
    Report report = grader.grade();
    reports.add(started == null ? report : report.with(started.usage()));
    boolean unreachable =
        report.traits() == null
            && report.verdicts().get(0).symptom() == Symptom.NO_CONNECTION
            && started == null;
    if (unreachable) {
      return NO_SERVER;
    }
    return report.passed() ? 0 : FAILED;
  }

  /** The first Ctrl-C ends after the case that runs; the second one at once. */
  private void stopOnSignal() {
    for (String name : new String[] {"INT", "TERM"}) {
      Signal signal = new Signal(name);
      try {
        Signal.handle(
            signal,
            received -> {
              Signal.handle(signal, SignalHandler.SIG_DFL);
              interrupted = true;
              if (grader != null) {
                grader.stop();
              }
            });
      } catch (IllegalArgumentException e) {
        return; // -Xrs
      }
    }
  }

  /** Prints how it goes; on a terminal also which case runs. */
  private static final class Progress implements Grader.Listener {
    private static final String ERASE = "\r\u001b[K";

    private final Graded graded;
    private final boolean verbose;
    private final boolean terminal = Terminal.ofStandardError().present();

    Progress(Graded graded, boolean verbose) {
      this.graded = graded;
      this.verbose = verbose;
    }

    @Override
    public void found(Traits traits) {
      CheckText.traits(traits).forEach(System.out::println);
    }

    @Override
    public void begins(CheckCase check) {
      if (terminal) {
        System.err.print(String.format(Locale.ROOT, "%s...      %s", ERASE, check.id()));
        System.err.flush();
      }
    }

    @Override
    public void ends(Verdict verdict) {
      if (terminal) {
        System.err.print(ERASE);
        System.err.flush();
      }
      System.out.println(CheckText.line(verdict));
      boolean failed = verdict.outcome() == Outcome.FAIL || verdict.outcome() == Outcome.WEAK;
      if (failed || verdict.flaky() || verbose) {
        CheckText.evidence(verdict, graded.host(), graded.server().address().getPort())
            .forEach(System.out::println);
      }
    }

    @Override
    public void restarted(String why) {
      System.out.println("         started the server again: " + why);
    }
  }
}
