package io.upper.lab.report;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.Axis;
import io.upper.report.Page.Key;
import io.upper.report.RoundedTimes;
import io.upper.report.Scale;
import io.upper.report.Timeline;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;

/** The timeline of a run with its key, and its figures. An instance is immutable. */
final class RunPicture {
  private static final int MAX_KEYS = 10;

  /** Significant digits of the longest time. */
  static final int DIGITS = 4;

  // More sentences than these would fill pages.
  private static final int MAX_PRINTED = 24;

  private final ModelRun run;
  private final Excerpt excerpt;
  private final List<ServedRequest> shown;
  private final Workers workers;
  private final RoundedTimes times;
  private final Sentences sentences;

  RunPicture(ModelRun run, Load load) {
    this.run = run;
    this.excerpt = Excerpt.of(run, load);
    this.shown = excerpt.of(run.requests());
    this.workers = new Workers(run.requests());
    this.times = RoundedTimes.upTo(end(), DIGITS);
    this.sentences = new Sentences(run.requests(), workers, times);
  }

  Excerpt excerpt() {
    return excerpt;
  }

  boolean isEmpty() {
    return shown.isEmpty();
  }

  /** When the last of the requests drawn was answered. */
  long end() {
    return shown.stream().mapToLong(ServedRequest::answered).max().orElse(1);
  }

  Timeline timeline(SharedScale scale, String description) {
    Timeline timeline =
        new Timeline(
            run.name() + ": who was served when" + scale.remark(end()),
            description,
            "client",
            new Axis(
                scale.isEnlarged(end()) ? "time, on its own scale" : "time",
                Scale.linear(0, scale.axis(end())),
                Units::tick));
    for (int client : excerpt.clients()) {
      timeline.row(
          Integer.toString(client + 1),
          shown.stream().filter(request -> request.client() == client).map(this::bar).toList());
    }
    return timeline;
  }

  private Timeline.Request bar(ServedRequest request) {
    return new Timeline.Request(
        request.sent(),
        request.assigned(),
        request.started(),
        request.ended(),
        request.answered(),
        workers.number(request.worker()),
        workers.label(request.worker()),
        sentences.of(request));
  }

  /** What its bars tell, for paper; nothing if there are many. */
  List<String> sentences() {
    return shown.size() > MAX_PRINTED ? List.of() : shown.stream().map(sentences::of).toList();
  }

  List<Key> key() {
    List<Key> keys = new ArrayList<>();
    for (String worker : workers.names()) {
      if (keys.size() == MAX_KEYS) {
        keys.add(
            new Key(0, null, "and " + Units.count(workers.names().size() - MAX_KEYS) + " more"));
        break;
      }
      long served = run.requests().stream().filter(r -> r.worker().equals(worker)).count();
      keys.add(
          new Key(
              workers.number(worker),
              workers.label(worker),
              worker + ", " + Units.plural(served, "request")));
    }
    return keys;
  }

  /** Its figures: each row's times sum up to its latency. */
  List<List<String>> rows() {
    boolean starts = shown.stream().anyMatch(request -> request.starting() > 0);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        row(
            starts, "client", "request", "sent at", "waited", "start", "served", "reply", "in all",
            "by"));
    for (ServedRequest request : shown) {
      rows.add(
          row(
              starts,
              Integer.toString(request.client() + 1),
              Integer.toString(request.number() + 1),
              times.between(0, request.sent()),
              times.between(request.sent(), request.assigned()),
              times.between(request.assigned(), request.started()),
              times.between(request.started(), request.ended()),
              times.between(request.ended(), request.answered()),
              times.between(request.sent(), request.answered()),
              workers.label(request.worker())));
    }
    return rows;
  }

  private static List<String> row(boolean starts, String... cells) {
    List<String> row = new ArrayList<>(List.of(cells));
    if (!starts) {
      row.remove(4);
    }
    return row;
  }
}
