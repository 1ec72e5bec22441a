package io.upper.live;

import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Locale;

/** What the page has to tell of a complete request of `iterative`, from the server's events. */
final class ToldRequest {
  // The page's: the next one begins this much before the last one's end, at most.
  private static final double SLACK_MILLIS = 0.05;

  private final List<JsonArray> seen;
  private final int request;

  ToldRequest(EventStream events, int request) throws InterruptedException {
    events.await("r", e -> e.getInteger(3) == request);
    seen = events.seen();
    this.request = request;
  }

  int number() {
    return request;
  }

  boolean waited() {
    return !servedMeanwhile().isEmpty();
  }

  private double at(String kind) {
    return event(kind, request).getDouble(1);
  }

  private JsonArray event(String kind, int number) {
    return seen.stream()
        .filter(e -> e.getString(0).equals(kind) && e.getInteger(3) == number)
        .findFirst()
        .orElseThrow();
  }

  private String client(int number) {
    int connection = event("q", number).getInteger(2);
    return "client "
        + seen.stream()
            .filter(e -> e.getString(0).equals("o") && e.getInteger(2) == connection)
            .findFirst()
            .orElseThrow()
            .getInteger(5);
  }

  String sentence() {
    double[] times = {at("b") - at("q"), at("s") - at("b"), at("r") - at("s")};
    // All in the unit that suits their sum, and so that they add up as printed.
    boolean seconds = times[0] + times[1] + times[2] >= 999.5;
    long wait = rounded(times[0], seconds);
    long service = rounded(times[1], seconds);
    long reply = rounded(times[2], seconds);
    String own = client(request);
    return ("C%s waited %s behind %s on event loop A, its bytes unread in the kernel;"
            + " it was served in %s and had its reply %s later: %s in all.")
        .formatted(
            own.substring(1),
            text(wait, seconds),
            others(),
            text(service, seconds),
            text(reply, seconds),
            text(wait + service + reply, seconds));
  }

  private List<Integer> servedMeanwhile() {
    return seen.stream()
        .filter(e -> e.getString(0).equals("s") && e.getInteger(3) != request)
        .filter(e -> e.getDouble(1) > at("q") && e.getDouble(1) <= at("b") + SLACK_MILLIS)
        .map(e -> e.getInteger(3))
        .toList();
  }

  private String others() {
    List<Integer> before = servedMeanwhile();
    List<String> names = before.stream().map(this::client).distinct().toList();
    return switch (names.size()) {
      case 1 -> names.get(0);
      case 2 -> names.get(0) + " and " + names.get(1);
      case 3 -> names.get(0) + ", " + names.get(1) + ", and " + names.get(2);
      default -> before.size() + " requests (the last one of " + names.get(names.size() - 1) + ")";
    };
  }

  private static long rounded(double millis, boolean seconds) {
    return Math.round(seconds ? millis / 10 : millis);
  }

  private static String text(long rounded, boolean seconds) {
    return seconds ? String.format(Locale.ROOT, "%.2f s", rounded / 100.0) : rounded + " ms";
  }
}
