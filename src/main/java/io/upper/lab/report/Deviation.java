package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.RoundedTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a run did not take what was predicted. The run is as long as the client that was done last
 * took, so what that client's time was spent on is the explanation; its parts are those of the
 * picture, and sum up to the whole.
 */
final class Deviation {
  // Of the prediction: what differs by more is explained.
  private static final double TOLERANCE = 0.25;
  // Of the job: what takes so much longer was slowed down.
  private static final double SLOWED = 1.15;
  // Of the processors: who uses so many lacks more.
  private static final double BUSY = 0.8;

  private Deviation() {}

  /**
   * What a sentence goes on with after the model's name. Empty when the run took what was
   * predicted, within a quarter, or when nothing was.
   */
  static Optional<String> of(ModelRun run, Load load, int processors, Workers workers) {
    if (run.predicted() == null || run.requests().isEmpty()) {
      return Optional.empty();
    }
    double ratio = (double) run.wall().toNanos() / run.predicted().toNanos();
    if (Math.abs(ratio - 1) <= TOLERANCE) {
      return Optional.empty();
    }
    String took = "took " + time(run.wall()) + ", ";
    String predicted = time(run.predicted()) + " predicted";
    return Optional.of(
        ratio < 1
            ? took
                + "less than the "
                + predicted
                + ": "
                + Findings.atOnce(Activity.peak(run.requests()), workers)
                + "."
            : took
                + LabTable.factor(ratio)
                + " times the "
                + predicted
                + ". "
                + lastDone(run)
                + starts(run, processors)
                + slowJobs(run, load)
                + processorsUsed(run, processors)
                + ".");
  }

  /** The time of the client that was done last, as a sum. */
  private static String lastDone(ModelRun run) {
    ServedRequest last =
        run.requests().stream()
            .max(
                Comparator.comparingLong(ServedRequest::answered)
                    .thenComparing(ServedRequest::client, Comparator.reverseOrder()))
            .orElseThrow();
    long waited = 0;
    long starting = 0;
    long served = 0;
    for (ServedRequest request : run.requests()) {
      if (request.client() == last.client()) {
        waited += request.waited();
        starting += request.starting();
        served += request.served();
      }
    }
    RoundedTimes times = RoundedTimes.upTo(last.answered(), 3);
    List<String> parts = new ArrayList<>();
    add(parts, times, "waiting", 0, waited);
    add(parts, times, "start of its process", waited, waited + starting);
    long without = waited + starting;
    add(parts, times, "being served", without, without + served);
    add(
        parts,
        times,
        "replies on their way and the client itself",
        without + served,
        last.answered());
    return String.format(
        Locale.ROOT,
        "Client %d, done last: %s = %s",
        last.client() + 1,
        String.join(" + ", parts),
        times.between(0, last.answered()));
  }

  private static void add(List<String> parts, RoundedTimes times, String name, long from, long to) {
    if (!times.isZero(from, to)) {
      parts.add(name + " " + times.between(from, to));
    }
  }

  private static String starts(ModelRun run, int processors) {
    long starts = run.requests().stream().filter(request -> request.starting() > 0).count();
    return starts == 0
        ? ""
        : "; "
            + (starts == 1 ? "1 process" : starts + " processes")
            + " started on "
            + plural(processors, "processor");
  }

  private static String slowJobs(ModelRun run, Load load) {
    double served =
        run.requests().stream().mapToLong(ServedRequest::served).average().orElseThrow();
    return served > SLOWED * load.job().millis() * 1e6
        ? String.format(
            Locale.ROOT,
            "; serving took %s on average, the job is %d ms",
            time(served),
            load.job().millis())
        : "";
  }

  private static String processorsUsed(ModelRun run, int processors) {
    double used = run.cpu() == null ? 0 : (double) run.cpu().toNanos() / run.wall().toNanos();
    return used > BUSY * processors
        ? String.format(
            Locale.ROOT, "; the server used %.1f of %s", used, plural(processors, "processor"))
        : "";
  }
}
