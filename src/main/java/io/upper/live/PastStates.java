package io.upper.live;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The states of the last minute, so that a page that is opened later, or saved, knows which model
 * served a request of then. Without what was open, which the events tell. Used on one event loop.
 */
final class PastStates {
  private static final int MAX = 100;
  private static final double KEPT_MILLIS = History.KEPT_NANOS / 1e6;

  private final Deque<JsonObject> states = new ArrayDeque<>();

  /** Adds the state that is in force from its {@code now} on. */
  void add(JsonObject state) {
    states.addLast(state.copy().put("open", new JsonArray()).put("lanes", new JsonArray()));
    forget(state.getDouble("now"));
  }

  /** Forgets those that ended more than a minute before. */
  private void forget(double now) {
    while (states.size() > 1
        && (states.size() > MAX || second().getDouble("now") < now - KEPT_MILLIS)) {
      states.removeFirst();
    }
  }

  private JsonObject second() {
    return states.stream().skip(1).findFirst().orElseThrow();
  }

  /**
   * The states, the oldest first: the first of them was in force a minute ago.
   *
   * @param now in milliseconds since the feed began
   */
  List<JsonObject> all(double now) {
    forget(now);
    return List.copyOf(states);
  }
}
