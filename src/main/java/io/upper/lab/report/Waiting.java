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
    return longest.waited() <= HARDLY * usualWork()
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

  /** What a request waited for, as far as the times of its worker tell. */
  private String cause(ServedRequest late) {
    String label = workers.label(late.worker());
    List<ServedRequest> same =
        run.requests().stream().filter(other -> other.worker().equals(late.worker())).toList();
    if (Activity.peak(same) > 1) {
      return "although " + label + " serves several at once";
    }
    ServedRequest before = lastBefore(late, same);
    if (before == null) {
      return newWorker(late, label);
    }
    long others =
        same.stream()
            .filter(other -> other.ended() > late.sent() && other.ended() <= late.assigned())
            .count();
    return others == 0
        ? "although " + label + " was serving nobody"
        : others == 1
            ? "while " + label + " served " + client(before)
            : String.format(
                Locale.ROOT, "while %s served %d others, %s last", label, others, client(before));
  }

  /** Its worker had served nobody: another's end may have made room for it. */
  private String newWorker(ServedRequest late, String label) {
    ServedRequest before = lastBefore(late, run.requests());
    return before == null || before.ended() <= late.sent()
        ? "until " + label + " began, which had served nobody before"
        : String.format(
            Locale.ROOT,
            "until %s began, after %s had served request %d of %s",
            label,
            workers.label(before.worker()),
            before.number() + 1,
            client(before));
  }

  /** The request whose service ended last before another one had its worker; null for none. */
  private static ServedRequest lastBefore(ServedRequest late, List<ServedRequest> requests) {
    return requests.stream()
        .filter(other -> other != late && other.ended() <= late.assigned())
        .max(Comparator.comparingLong(ServedRequest::ended))
        .orElse(null);
  }

  /** The median. */
  private long usualWork() {
    long[] work = run.requests().stream().mapToLong(ServedRequest::served).sorted().toArray();
    return work[work.length / 2];
  }

  private static String client(ServedRequest request) {
    return "client " + (request.client() + 1);
  }
}
