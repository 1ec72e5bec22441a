package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.lab.LabModel;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.Scaling;
import io.upper.lab.ScalingCurve;
import io.upper.lab.Workbench;
import io.upper.service.ConfiguredService;
import io.upper.stress.report.LiveDisplay;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code upper lab scaling}: puts the same load on more and more event loops. */
@Command(
    name = "scaling",
    description = {
      "Show the effect of more event loops.",
      "Jobs that block their loop speed up with the number of loops; jobs that compute do so only"
          + " up to the number of processors."
    },
    footer = {
      "",
      "Exit status: 1 a run failed, 2 bad usage, 0 otherwise. What it shows: docs/lab.md."
    },
    sortOptions = false)
public final class LabScalingCommand implements Callable<Integer> {
  private static final int MAX_INSTANCES = ServerSettings.MAX_INSTANCES;

  @Option(
      names = "--instances",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,4,8",
      converter = WholeNumberConverter.class,
      description = "Instances of the server, in ascending order (default: ${DEFAULT-VALUE}).")
  private List<Long> instances;

  @Option(
      names = "--model",
      paramLabel = "WORD",
      defaultValue = "iterative",
      converter = LoopModels.class,
      completionCandidates = LoopModels.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private LabModel model;

  @Option(
      names = "--job",
      paramLabel = "JOB",
      converter = JobConverter.class,
      description =
          "The job of each request; one curve per job. Repeatable "
              + "(default: sleep:100ms and spin:20ms).")
  private List<Job> jobs = new ArrayList<>();

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "16",
      converter = WholeNumberConverter.class,
      description =
          "Number of clients (default: ${DEFAULT-VALUE}); a multiple of all instances "
              + "is distributed evenly.")
  private long clients;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "upper-lab-scaling.html",
      description = "The report (default: ${DEFAULT-VALUE}); an existing file is replaced.")
  private Path out;

  @Mixin private LabOptions options;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    options.check(clients);
    checkInstances();
    List<Job> curves = jobs.isEmpty() ? defaultJobs() : jobs;
    Load load = options.load(clients, curves.get(0));
    List<Integer> counts = instances.stream().map(Long::intValue).toList();
    Scaling scaling = new Scaling(load, model, curves, counts);
    List<ScalingCurve> measured;
    try (LabReport report = LabReport.open(out, options.json, null)) {
      Instant started = Instant.now();
      measured = measure(load, scaling, options.service());
      report.write(new LabResult(options.provenance(), started, load, List.of(), measured));
    }
    List<String> failures = measured.stream().flatMap(curve -> curve.failures().stream()).toList();
    failures.forEach(System.err::println);
    return failures.isEmpty() ? 0 : 1;
  }

  /**
   * Long enough to dominate a run's fixed cost. Not a constant: creating a job that computes
   * calibrates it, which would delay every command.
   */
  private static List<Job> defaultJobs() {
    return List.of(new Job(Job.Kind.SLEEP, 100), new Job(Job.Kind.SPIN, 20));
  }

  private void checkInstances() {
    long before = 0;
    for (long count : instances) {
      if (count <= before || count > MAX_INSTANCES) {
        throw new ConfigurationException(
            "--instances: " + count + " is not in 1.." + MAX_INSTANCES + " and above those before");
      }
      before = count;
    }
  }

  private static List<ScalingCurve> measure(Load load, Scaling scaling, ConfiguredService service)
      throws Exception {
    List<String> server = ServerProcessCommand.commandLine(false, false);
    try (Workbench bench = Workbench.open(load.protocol(), server, service);
        LiveDisplay display = LiveDisplay.startPanel(scaling.agenda()::lines)) {
      return scaling.run(bench);
    }
  }

  /** The models that serve more requests at once with more instances. */
  static final class LoopModels implements ITypeConverter<LabModel>, Iterable<String> {
    @Override
    public LabModel convert(String word) {
      return LabModel.ofEventLoops().stream()
          .filter(model -> model.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(word + " is not one of " + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
      return LabModel.ofEventLoops().stream().map(LabModel::word).iterator();
    }
  }
}
