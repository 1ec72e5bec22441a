package io.upper.lab;

import io.upper.report.Provenance;
import java.time.Instant;
import java.util.List;

/**
 * What a lab session measured: all that its reports show comes from here.
 *
 * @param provenance the command, the versions and the machine
 * @param started when the first run started
 * @param load what was put on each server
 * @param runs one for each model, in the order in which they were made; empty when only scaling was
 *     measured
 * @param curves throughput over instances; empty when only the models were compared
 */
public record LabResult(
    Provenance provenance,
    Instant started,
    Load load,
    List<ModelRun> runs,
    List<ScalingCurve> curves) {

  /** Whether clients made fewer requests than the load's: those of a session that was watched. */
  public boolean isUneven() {
    return runs.stream()
        .filter(run -> run.failure() == null)
        .anyMatch(
            run ->
                run.requests().size() + run.unanswered() < (long) load.clients() * load.requests());
  }
}
