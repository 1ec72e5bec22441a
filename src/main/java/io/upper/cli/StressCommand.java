package io.upper.cli;

import io.upper.client.ConnectFailure;
import io.upper.client.Message;
import io.upper.config.ConfigurationException;
import io.upper.jvm.TemporaryFiles;
import io.upper.report.Provenance;
import io.upper.stress.RequestListener;
import io.upper.stress.StressResult;
import io.upper.stress.StressRun;
import io.upper.stress.StressSettings;
import io.upper.stress.report.Gate;
import io.upper.stress.report.HtmlReport;
import io.upper.stress.report.JsonReport;
import io.upper.stress.report.LiveDisplay;
import io.upper.stress.report.PercentileFile;
import io.upper.stress.report.Summary;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code upper stress}: puts a load on a server and reports the results. */
@Command(
    name = "stress",
    preprocessor = UnixTarget.class,
    headerHeading =
        "Examples:%n"
            + "  upper stress tcp localhost 2000 100%n"
            + "  upper stress tls localhost 2443 50 --rate 2000 --duration 30s --warmup 3s%n"
            + "  upper stress udp localhost 2000 10 --requests 1000 --fail-if 'lost>0'%n%n",
    description = "Put a load on a server: every reply is checked and timed.",
    footer = {
      "",
      "Exit status: 99 a condition of --fail-if is broken, 1 nothing could connect, 2 bad usage,",
      "0 otherwise. What each figure means: docs/stress.md."
    },
    sortOptions = false)
public final class StressCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(StressCommand.class);
  private static final int BROKEN = 99;
  private static final int NOTHING_CONNECTED = 1;

  @Mixin private StressOptions load;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all results as JSON.")
  private Path json;

  @Option(
      names = "--hgrm",
      paramLabel = "FILE",
      description = "Write the latencies for HdrHistogram's plotter.")
  private Path hgrm;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a report with charts.")
  private Path html;

  @Option(
      names = "--fail-if",
      paramLabel = "CONDITION",
      description = "Exit with 99 if it holds: 'p99>5ms', 'errors>0', 'rate<1000'. Repeatable.")
  private List<String> conditions = new ArrayList<>();

  @Option(
      names = "--max-gap",
      paramLabel = "TIME",
      description = "Exit with 99 if a client waits longer for a reply: 2s, as --fail-if 'gap>2s'.")
  private String maxGap;

  @Option(names = "--quiet", description = "No live display.")
  private boolean quiet;

  @Mixin private Verbosity verbosity;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    StressSettings settings = load.settings();
    List<Gate> gates = gates();
    try (OutputFile jsonFile = OutputFile.open("--json", json);
        OutputFile hgrmFile = OutputFile.open("--hgrm", hgrm);
        OutputFile htmlFile = OutputFile.open("--html", html)) {
      Vertx vertx = TemporaryFiles.vertx(settings.eventLoops() + 1);
      try {
        StressRun run = new StressRun(vertx, settings, listener(settings));
        StressResult result = measure(run);
        Provenance provenance =
            Provenance.of(spec.root().commandLine().getParseResult().originalArgs());
        System.out.print(Summary.of(result, provenance));
        jsonFile.write(JsonReport.of(result, provenance).encodePrettily());
        hgrmFile.write(PercentileFile.of(result));
        htmlFile.write(HtmlReport.of(result, provenance));
        return status(run, result, gates);
      } finally {
        vertx.close().await();
      }
    }
  }

  private StressResult measure(StressRun run) {
    stopOnInterrupt(run);
    try (LiveDisplay display =
        quiet || verbosity.isVerbose() ? null : LiveDisplay.start(run::progress)) {
      return run.run().await();
    }
  }

  /** Only the first Ctrl-C; the second one ends the program. */
  private static void stopOnInterrupt(StressRun run) {
    Signal interrupt = new Signal("INT");
    try {
      Signal.handle(
          interrupt,
          signal -> {
            Signal.handle(interrupt, SignalHandler.SIG_DFL);
            run.stop();
          });
    } catch (IllegalArgumentException e) {
      LOG.debug("no SIGINT here", e); // -Xrs
    }
  }

  private static int status(StressRun run, StressResult result, List<Gate> gates) {
    if (!result.connected() && !result.interrupted()) {
      Throwable cause = run.connectFailure();
      System.err.println(
          "nothing could connect" + (cause == null ? "" : ": " + ConnectFailure.reason(cause)));
      return NOTHING_CONNECTED;
    }
    List<String> broken =
        gates.stream().map(gate -> gate.broken(result)).flatMap(Optional::stream).toList();
    broken.forEach(System.err::println);
    return broken.isEmpty() ? 0 : BROKEN;
  }

  /** With {@code --verbose} prints each reply, like the Python client. */
  private RequestListener listener(StressSettings settings) {
    if (!verbosity.isVerbose()) {
      return RequestListener.NONE;
    }
    return (number, local, request, planned, sent, ended) -> {
      String text = settings.messages().get((int) (request % settings.messages().size()));
      Message message = Message.of(text, settings.client().protocol(), settings.client().service());
      System.out.printf(
          Locale.ROOT, "- [%3d] Reply: %s%n", number, message.text(message.expected()));
    };
  }

  private List<Gate> gates() {
    List<Gate> gates = new ArrayList<>();
    conditions.forEach(condition -> gates.add(gate("--fail-if", condition)));
    if (maxGap != null) {
      gates.add(gate("--max-gap", "gap>" + maxGap));
    }
    return gates;
  }

  private static Gate gate(String option, String condition) {
    try {
      return Gate.parse(condition);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(option + ": " + e.getMessage());
    }
  }
}
