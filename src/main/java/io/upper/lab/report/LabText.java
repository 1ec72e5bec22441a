package io.upper.lab.report;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.report.TextTable;
import io.upper.report.Units;
import java.util.List;

/**
 * What a lab session prints at its end, for a terminal of 80 columns; each picture, with what is
 * said of it, in 24 lines.
 */
public final class LabText {
  // The last column stays free: some terminals go to the next line there.
  private static final int WIDTH = 79;

  private final LabResult result;
  private final StringBuilder text = new StringBuilder();

  private LabText(LabResult result) {
    this.result = result;
  }

  public static String of(LabResult result) {
    LabText text = new LabText(result);
    if (!result.runs().isEmpty()) {
      text.models();
    }
    result.curves().forEach(text::curve);
    return text.text.toString();
  }

  private void models() {
    line(load() + ", job: " + job(result.load().job()));
    line("");
    table(LabTable.models(result));
    List<ModelRun> runs = result.runs().stream().filter(run -> run.failure() == null).toList();
    SharedScale scale = new SharedScale(runs.stream().map(run -> run.wall().toNanos()).toList());
    for (ModelRun run : runs) {
      line("");
      timeline(run, scale);
    }
  }

  private String load() {
    Load load = result.load();
    return load.protocol().word()
        + ", "
        + Units.plural(load.clients(), "client")
        + (result.isUneven() ? ", each up to " : ", each ")
        + Units.plural(load.requests(), "request");
  }

  private static String job(Job job) {
    return job.kind() == Job.Kind.NONE ? "none" : job.kind().word() + " " + job.millis() + " ms";
  }

  private void table(List<List<String>> rows) {
    TextTable.lines(rows, WIDTH).forEach(this::line);
  }

  private void timeline(ModelRun run, SharedScale scale) {
    line(run.name() + ": " + Units.time(run.wall()) + scale.remark(run.wall().toNanos()));
    if (run.predicted() != null) {
      wrapped("Predicted: " + Units.exact(run.predicted()) + ", " + run.arithmetic() + ".");
    }
    new Findings(run, result.load(), result.provenance().processors())
        .deviation()
        .ifPresent(took -> wrapped("It " + took));
    TextTimeline.lines(run, result.load(), scale, WIDTH).forEach(this::line);
  }

  /** Breaks between words. */
  private void wrapped(String sentence) {
    line(sentence.replaceAll("(.{1," + WIDTH + "})(?: |$)", "$1\n").strip());
  }

  private void curve(ScalingCurve curve) {
    if (text.length() > 0) {
      line("");
    }
    line(curve.model() + ", " + load() + ", job: " + job(curve.job()));
    line("");
    if (!curve.points().isEmpty()) {
      table(LabTable.scaling(curve, result.load(), result.provenance().processors()));
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
