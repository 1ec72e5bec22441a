package io.upper.live;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page that is open: a response of Server-Sent Events that never ends. While the browser does not
 * read, nothing is written; once it reads again, it gets what the {@link History} still has, and is
 * told what it missed. Used on one event loop.
 */
final class LiveBrowser {
  private static final Logger LOG = LoggerFactory.getLogger(LiveBrowser.class);
  // Characters of a batch, about.
  private static final int BATCH = 32 * 1024;
  private static final int WRITE_QUEUE = 128 * 1024;

  private final HttpServerResponse response;
  private final Supplier<JsonObject> state;
  // Sequence number of the next event to send.
  private long position;
  private boolean needsState = true;
  // Null once they are sent.
  private List<JsonObject> past;

  /**
   * Begins the response.
   *
   * @param past the states before, the oldest first
   * @param state the state of the server, when it is needed
   * @param from sequence number of the first event to send, if the history still has it
   */
  LiveBrowser(
      HttpServerResponse response, List<JsonObject> past, Supplier<JsonObject> state, long from) {
    this.response = response;
    this.past = past;
    this.state = state;
    this.position = from;
    response
        .setChunked(true)
        .setWriteQueueMaxSize(WRITE_QUEUE)
        .putHeader("content-type", "text/event-stream; charset=utf-8");
  }

  /** The state is sent again before the next events. */
  void changed() {
    needsState = true;
  }

  /** Sends the events it does not have yet, as far as it reads. */
  void push(History history, long now, int shown) {
    if (response.writeQueueFull()) {
      return;
    }
    long missed = history.oldest() - position;
    if (missed > 0) {
      position = history.oldest();
      needsState = true;
    }
    if (past != null) {
      past.forEach(one -> send("state", one.encode()));
      past = null;
    }
    if (needsState) {
      needsState = false;
      send("state", state.get().encode());
    }
    if (missed > 0) {
      StringBuilder json = begin(now, shown);
      LiveEvent.sentence('!', now, "this page did not read: " + missed + " events are not shown")
          .appendTo(json);
      send("e", json.append("]}").toString());
    }
    while (position < history.next() && !response.writeQueueFull()) {
      sendBatch(history, now, shown);
    }
  }

  private static StringBuilder begin(long now, int shown) {
    StringBuilder json = new StringBuilder("{\"now\":");
    LiveEvent.appendMillis(json, now);
    return json.append(",\"shown\":").append(shown).append(",\"e\":[");
  }

  private void sendBatch(History history, long now, int shown) {
    StringBuilder json = begin(now, shown);
    do {
      history.get(position++).appendTo(json);
      json.append(',');
    } while (position < history.next() && json.length() < BATCH);
    json.setLength(json.length() - 1);
    send("e", json.append("]}").toString());
  }

  /** Sends something that the next one replaces, such as a sample: not if it does not read. */
  void sendIfReading(String event, String json) {
    if (!response.writeQueueFull()) {
      send(event, json);
    }
  }

  private void send(String event, String json) {
    response
        .write("event: " + event + "\ndata: " + json + "\n\n")
        .onFailure(e -> LOG.debug("live: lost a page: {}", e.getMessage()));
  }

  void end() {
    response.end().onFailure(e -> LOG.debug("live: lost a page: {}", e.getMessage()));
  }
}
