package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.RoundedTimes;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to be seen in the timeline of a run, in sentences that can be checked there. Clients and
 * their requests are counted from 1, as in the picture. An instance is immutable.
 */
final class Findings {
  private static final Pattern PROCESSES = Pattern.compile("processes: (\\d+)");

  private final ModelRun run;
  private final Load load;
  private final int processors;
  private final Workers workers;

  /**
   * @param run one that did not fail
   * @param processors of the machine
   */
  Findings(ModelRun run, Load load, int processors) {
    this.run = run;
    this.load = load;
    this.processors = processors;
    this.workers = new Workers(run.requests());
  }

  /** All of them, two to six sentences. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (run.unanswered() > 0) {
      sentences.add(plural(run.unanswered(), "request") + " got no right reply.");
    }
    if (!run.requests().isEmpty()) {
      sentences.add(service());
      idle().ifPresent(sentences::add);
      starts().ifPresent(sentences::add);
      sentences.add(new Waiting(run, load, workers).sentence());
      sentences.add(new Shares(run, workers).sentence());
    }
    deviation().ifPresent(why -> sentences.add("It " + why));
    return sentences;
  }

  /** See {@link Deviation}. */
  Optional<String> deviation() {
    return Deviation.of(run, load, processors, workers);
  }

  private String service() {
    int peak = Activity.peak(run.requests());
    if (workers.names().size() > 1) {
      return capital(atOnce(peak, workers)) + ".";
    }
    if (peak > 1) {
      return "A alone served up to " + Units.count(peak) + " requests at once.";
    }
    RoundedTimes times = RoundedTimes.upTo(run.wall().toNanos(), 3);
    return String.format(
        Locale.ROOT,
        "A served one request at a time, %s in all, and was at work for %s of the %s.",
        Units.count(run.requests().size()),
        times.between(0, Activity.busy(run.requests())),
        times.between(0, run.wall().toNanos()));
  }

  static String atOnce(int peak, Workers workers) {
    int count = workers.names().size();
    String by =
        switch (count) {
          case 1 -> "A";
          case 2 -> "A and B";
          default -> Units.count(count) + " workers (A to " + Workers.label(count - 1) + ")";
        };
    return peak == 1
        ? "one request at a time was served, by " + by
        : "up to " + plural(peak, "request") + " were served at once, by " + by;
  }

  /** The server processes that the kernel gave no connection. */
  private Optional<String> idle() {
    Matcher processes = PROCESSES.matcher(run.name());
    int idle = processes.matches() ? Integer.parseInt(processes.group(1)) - busyProcesses() : 0;
    return idle <= 0
        ? Optional.empty()
        : Optional.of(
            idle
                + " of the "
                + processes.group(1)
                + " processes served nobody: the kernel gave "
                + (idle == 1 ? "it" : "them")
                + " no client.");
  }

  private int busyProcesses() {
    return (int)
        workers.names().stream()
            .map(name -> name.substring(0, Math.max(0, name.indexOf('/'))))
            .distinct()
            .count();
  }

  /** The child processes that were started meanwhile. */
  private Optional<String> starts() {
    LongSummaryStatistics starts =
        run.requests().stream()
            .mapToLong(ServedRequest::starting)
            .filter(start -> start > 0)
            .summaryStatistics();
    return starts.getCount() == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%s started: that took %s on average, %s at most.",
                starts.getCount() == 1
                    ? "1 process was"
                    : Units.count(starts.getCount()) + " processes were",
                time(starts.getAverage()),
                time(starts.getMax())));
  }

  private static String capital(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
