package io.upper.live;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** The pages that are open, at most {@value #MAX}. Used on one event loop. */
final class LiveBrowsers {
  static final int MAX = 16;

  private final LiveFeed feed;
  private final PastStates past;
  private final Supplier<JsonObject> state;
  private final Set<LiveBrowser> open = new LinkedHashSet<>();

  LiveBrowsers(LiveFeed feed, PastStates past, Supplier<JsonObject> state) {
    this.feed = feed;
    this.past = past;
    this.state = state;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  boolean isFull() {
    return open.size() >= MAX;
  }

  /** Begins the stream of a page, with the last minute: one that was cut begins anew. */
  void add(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    LiveBrowser browser =
        new LiveBrowser(
            response, past.all(Figures.millis(feed.now())), state, feed.history().oldest());
    open.add(browser);
    response.exceptionHandler(e -> open.remove(browser));
    response.closeHandler(v -> open.remove(browser));
    browser.push(feed.history(), feed.now(), feed.connections().ratio());
  }

  /** Sends each page the events it does not have yet. */
  void push() {
    for (LiveBrowser browser : Set.copyOf(open)) {
      browser.push(feed.history(), feed.now(), feed.connections().ratio());
    }
  }

  void send(String event, JsonObject json) {
    if (open.isEmpty()) {
      return;
    }
    String text = json.encode();
    Set.copyOf(open).forEach(browser -> browser.sendIfReading(event, text));
  }

  /** Sends each page the state, before the next events. */
  void changed() {
    open.forEach(LiveBrowser::changed);
    push();
  }

  void end() {
    Set.copyOf(open).forEach(LiveBrowser::end);
    open.clear();
  }
}
