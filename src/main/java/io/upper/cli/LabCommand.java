package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.job.Job;
import io.upper.lab.LabModel;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelComparison;
import io.upper.lab.ModelRun;
import io.upper.lab.Workbench;
import io.upper.model.RequestRecording;
import io.upper.service.ConfiguredService;
import io.upper.stress.report.LiveDisplay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code upper lab}: puts the same load on every model. */
@Command(
    name = "lab",
    headerHeading =
        "Examples:%n"
            + "  upper lab%n"
            + "  upper lab --models iterative,worker-pool --clients 20 --job sleep:50ms%n"
            + "  upper lab scaling --instances 1,2,4,8%n"
            + "  upper lab report run.json --out run.html%n%n",
    description = "Put the same load on every model; show who was served when, and by whom.",
    subcommands = {LabScalingCommand.class, LabReportCommand.class},
    footer = {
      "",
      "Exit status: 1 a model failed, 2 bad usage, 0 otherwise. What it shows: docs/lab.md."
    },
    sortOptions = false)
public final class LabCommand implements Callable<Integer> {

  @Option(
      names = "--models",
      paramLabel = "WORD",
      split = ",",
      completionCandidates = ModelWords.OfOneMachine.class,
      description =
          "The models, in this order: ${COMPLETION-CANDIDATES}, processes:N for N iterative "
              + "server processes, and cluster:N for a gateway with N job nodes "
              + "(default: all but the last, and processes:4).")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "10",
      converter = WholeNumberConverter.class,
      description = "Number of clients (default: ${DEFAULT-VALUE}).")
  private long clients;

  @Option(
      names = "--job",
      paramLabel = "JOB",
      defaultValue = "sleep:100ms",
      converter = JobConverter.class,
      description =
          "The job of each request: sleep:TIME waits, spin:TIME computes, or none "
              + "(default: ${DEFAULT-VALUE}).")
  private Job job;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "upper-lab.html",
      description = "The report (default: ${DEFAULT-VALUE}); an existing file is replaced.")
  private Path out;

  @Mixin private LabOptions options;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write who was served when as Chrome trace events, for Perfetto or speedscope.")
  private Path trace;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    options.check(clients);
    Load load = options.load(clients, job);
    ModelComparison comparison = new ModelComparison(load, models());
    List<ModelRun> runs;
    try (LabReport report = LabReport.open(out, options.json, trace)) {
      Instant started = Instant.now();
      runs = measure(load, comparison, options.service());
      report.write(new LabResult(options.provenance(), started, load, runs, List.of()));
    }
    List<ModelRun> failed = runs.stream().filter(run -> run.failure() != null).toList();
    failed.forEach(run -> System.err.println(run.name() + ": " + run.failure()));
    return failed.isEmpty() ? 0 : 1;
  }

  private List<LabModel> models() {
    try {
      return models.isEmpty() ? LabModel.all() : models.stream().map(LabModel::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--models: " + e.getMessage());
    }
  }

  private static List<ModelRun> measure(
      Load load, ModelComparison comparison, ConfiguredService service) throws Exception {
    if (!RequestRecording.isPossible()) {
      throw new IOException(
          "upper lab reads flight recordings, and this Java has no module jdk.jfr; lab scaling works");
    }
    List<String> server = ServerProcessCommand.commandLine(false, false);
    try (Workbench bench = Workbench.open(load.protocol(), server, service);
        LiveDisplay display = LiveDisplay.startPanel(comparison.agenda()::lines)) {
      return comparison.run(bench);
    }
  }
}
