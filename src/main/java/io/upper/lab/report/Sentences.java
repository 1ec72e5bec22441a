package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import io.upper.report.RoundedTimes;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What happened to a request, in a sentence whose times add up as printed. Immutable. */
final class Sentences {
  private static final Pattern EVENT_LOOP = Pattern.compile("vert\\.x-eventloop-thread-(\\d+)");

  private final Workers workers;
  private final Causes causes;
  private final RoundedTimes times;
  // Waits up to this many nanoseconds hardly need a reason.
  private final double hardly;

  /** With times of four digits at most, by the last reply. */
  static Sentences of(List<ServedRequest> requests) {
    long end = requests.stream().mapToLong(ServedRequest::answered).max().orElse(1);
    return new Sentences(
        requests, new Workers(requests), RoundedTimes.upTo(end, RunPicture.DIGITS));
  }

  /**
   * @param requests all of a run
   */
  Sentences(List<ServedRequest> requests, Workers workers, RoundedTimes times) {
    this.workers = workers;
    this.causes = new Causes(requests);
    this.times = times;
    this.hardly = Waiting.hardly(requests);
  }

  /**
   * {@code Client 3, request 2: waited 1.20 s behind client 1, was served for 0.50 s by A (event
   * loop 1) and had its reply 0.01 s later: 1.71 s in all.}
   */
  String of(ServedRequest request) {
    List<String> parts = new ArrayList<>();
    parts.add(
        times.isZero(request.sent(), request.assigned())
            ? "did not wait"
            : "waited " + times.between(request.sent(), request.assigned()) + cause(request));
    if (request.starting() > 0) {
      parts.add(
          "had its process started in " + times.between(request.assigned(), request.started()));
    }
    parts.add(
        "was served for "
            + times.between(request.started(), request.ended())
            + " by "
            + workers.label(request.worker())
            + " ("
            + spoken(request.worker())
            + ")");
    return "Client "
        + (request.client() + 1)
        + ", request "
        + (request.number() + 1)
        + ": "
        + String.join(", ", parts)
        + " and had its reply "
        + (times.isZero(request.ended(), request.answered())
            ? "at once"
            : times.between(request.ended(), request.answered()) + " later")
        + ": "
        + times.between(request.sent(), request.answered())
        + " in all.";
  }

  /** Behind a blank; nothing if there is none to speak of. */
  private String cause(ServedRequest request) {
    String worker = workers.label(request.worker());
    Causes.Cause cause = causes.of(request);
    if (cause.last() == null && request.waited() <= hardly) {
      return "";
    }
    return switch (cause.kind()) {
      case QUEUE ->
          " behind "
              + client(cause.last())
              + (cause.requests() == 1
                  ? ""
                  : " and " + Units.plural(cause.requests() - 1L, "other request"));
      case IDLE -> " although " + worker + " was serving nobody";
      case SHARED -> " although " + worker + " serves several at once";
      case AFTER ->
          " until "
              + worker
              + " began after "
              + workers.label(cause.last().worker())
              + " had served "
              + client(cause.last());
      case FIRST -> " until " + worker + " began";
    };
  }

  private static String client(ServedRequest request) {
    return "client " + (request.client() + 1);
  }

  /** An event loop by its number, and others by their names. */
  private static String spoken(String worker) {
    return EVENT_LOOP.matcher(worker).replaceFirst("event loop $1").replace("/", ", ");
  }
}
