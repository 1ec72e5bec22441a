package io.upper.lab.report;

import static io.upper.report.Units.time;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Who waited longest for a worker, of those that are drawn, and what for. */
final class Waiting {
  // Of the usual work on a request: who waits for less hardly waits.
  private static final double HARDLY = 0.1;

  private final ModelRun run;
  private final Workers workers;
  private final Excerpt excerpt;

  /**
   * @param run one with a request at least
   */
  Waiting(ModelRun run, Load load, Workers workers) {
    this.run = run;
    this.workers = workers;
    this.excerpt = Excerpt.of(run, load);
  }

  String sentence() {
    List<ServedRequest> shown = excerpt.of(run.requests());
    ServedRequest longest =
        (shown.isEmpty() ? run.requests() : shown)
            .stream().max(Comparator.comparingLong(ServedRequest::waited)).orElseThrow();
    String drawn = excerpt.whole() ? "" : " of those drawn";
    return longest.waited() <= hardly(run.requests())
        ? String.format(
            Locale.ROOT,
            "Nobody%s waited long: %s at most (%s).",
            drawn,
            time(longest.waited()),
            client(longest))
        : String.format(
            Locale.ROOT,
            "Client %d waited longest%s: %s with its request %d, %s.",
            longest.client() + 1,
            drawn,
            time(longest.waited()),
            longest.number() + 1,
            cause(longest));
  }

  /** What a request waited for. */
  private String cause(ServedRequest late) {
    String label = workers.label(late.worker());
    Causes.Cause cause = new Causes(run.requests()).of(late);
    return switch (cause.kind()) {
      case SHARED -> "although " + label + " serves several at once";
      case IDLE -> "although " + label + " was serving nobody";
      case FIRST -> "until " + label + " began, which had served nobody before";
      case AFTER ->
          String.format(
              Locale.ROOT,
              "until %s began, after %s had served request %d of %s",
              label,
              workers.label(cause.last().worker()),
              cause.last().number() + 1,
              client(cause.last()));
      case QUEUE ->
          cause.requests() == 1
              ? "while " + label + " served " + client(cause.last())
              : String.format(
                  Locale.ROOT,
                  "while %s served %d others, %s last",
                  label,
                  cause.requests(),
                  client(cause.last()));
    };
  }

  /** The longest wait that is none to speak of, in nanoseconds: a tenth of the median work. */
  static double hardly(List<ServedRequest> requests) {
    long[] work = requests.stream().mapToLong(ServedRequest::served).sorted().toArray();
    return work.length == 0 ? 0 : HARDLY * work[work.length / 2];
  }

  private static String client(ServedRequest request) {
    return "client " + (request.client() + 1);
  }
}
