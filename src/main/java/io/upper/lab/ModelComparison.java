package io.upper.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The same load on one model after the other. One that fails does not keep the others from it. */
public final class ModelComparison {
  private final Load load;
  private final List<LabModel> models;
  private final Agenda agenda;

  /**
   * @param models at least one
   */
  public ModelComparison(Load load, List<LabModel> models) {
    this.load = load;
    this.models = models;
    this.agenda = new Agenda(models.stream().map(this::step).toList());
  }

  private Agenda.Step step(LabModel model) {
    Duration expected = Prediction.of(new LabModel(model.model(), 1), load, List.of()).wall();
    return new Agenda.Step(
        model.name(),
        expected == null ? Duration.ZERO : expected.dividedBy(Math.min(2, model.processes())));
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
  public List<ModelRun> run(Workbench bench) throws InterruptedException {
    List<ModelRun> runs = new ArrayList<>();
    for (LabModel model : models) {
      agenda.begin(runs.size());
      runs.add(run(bench, model));
    }
    return runs;
  }

  private ModelRun run(Workbench bench, LabModel model) throws InterruptedException {
    try {
      return measured(model, bench.runTraced(load, model));
    } catch (IOException | RuntimeException e) {
      if (bench.isClosed()) {
        throw new InterruptedException("interrupted");
      }
      return failed(model, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private ModelRun measured(LabModel model, Workbench.Traced traced) throws IOException {
    Trial trial = traced.trial();
    List<ServedRequest> served = traced.trace().join(trial.answers(), trial.started());
    Prediction prediction = Prediction.of(model, load, served);
    return new ModelRun(
        model.name(),
        model.workers(load),
        prediction.wall(),
        prediction.arithmetic(),
        trial.wall(),
        served,
        load.clients() * load.requests() - served.size(),
        trial.cpu(),
        trial.resident(),
        null);
  }

  private static ModelRun failed(LabModel model, String reason) {
    return new ModelRun(model.name(), null, null, null, null, List.of(), 0, null, 0, reason);
  }
}
