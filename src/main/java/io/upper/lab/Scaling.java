package io.upper.lab;

import io.upper.job.Job;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The same load on one model with growing numbers of instances, for one job after the other. */
public final class Scaling {
  private final Load load;
  private final LabModel model;
  private final List<Job> jobs;
  private final List<Integer> instances;
  private final Agenda agenda;

  /**
   * @param load its job is not looked at
   * @param jobs a curve for each
   * @param instances growing
   */
  public Scaling(Load load, LabModel model, List<Job> jobs, List<Integer> instances) {
    this.load = load;
    this.model = model;
    this.jobs = jobs;
    this.instances = instances;
    List<Agenda.Step> steps = new ArrayList<>();
    for (Job job : jobs) {
      instances.forEach(count -> steps.add(step(job, count)));
    }
    this.agenda = new Agenda(steps);
  }

  private Agenda.Step step(Job job, int count) {
    long jobs = (long) load.clients() * load.requests();
    return new Agenda.Step(
        count + (count == 1 ? " instance, " : " instances, ") + job.kind().word(),
        Duration.ofMillis(jobs * job.millis() / count));
  }

  /** How far it is; for any thread. */
  public Agenda agenda() {
    return agenda;
  }

  /**
   * Makes the runs; blocks.
   *
   * @throws InterruptedException if the workbench is closed meanwhile
   */
  public List<ScalingCurve> run(Workbench bench) throws InterruptedException {
    List<ScalingCurve> curves = new ArrayList<>();
    for (Job job : jobs) {
      curves.add(curve(bench, job, curves.size() * instances.size()));
    }
    return curves;
  }

  private ScalingCurve curve(Workbench bench, Job job, int before) throws InterruptedException {
    Load all = new Load(load.protocol(), load.clients(), load.requests(), job, load.seed());
    List<ScalingCurve.Point> points = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < instances.size(); i++) {
      agenda.begin(before + i);
      int count = instances.get(i);
      try {
        Trial trial = bench.run(all, model, count);
        points.add(
            new ScalingCurve.Point(count, trial.answers().size(), trial.wall(), trial.cpu()));
      } catch (IOException | RuntimeException e) {
        if (bench.isClosed()) {
          throw new InterruptedException("interrupted");
        }
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        failures.add(count + (count == 1 ? " instance: " : " instances: ") + reason);
      }
    }
    return new ScalingCurve(model.word(), job, points, failures);
  }
}
