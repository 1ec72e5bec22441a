package io.upper.live;

import static org.junit.jupiter.api.Assertions.fail;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A page's stream of events, read by a thread of its own. */
final class EventStream implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 60_000;

  /** A message: its name, and its data. */
  record Sent(String name, JsonObject data) {}

  private final List<Sent> messages = new ArrayList<>();
  private final List<JsonArray> events = new ArrayList<>();
  private final CompletableFuture<HttpResponse<Stream<String>>> response;
  private boolean ended;

  EventStream(HttpClient http, URI uri) {
    response =
        http.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines());
    Thread reader = new Thread(this::read, "events of a page");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    String[] name = {""};
    try (Stream<String> lines = response.join().body()) {
      lines.forEach(
          line -> {
            if (line.startsWith("event: ")) {
              name[0] = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
              add(new Sent(name[0], new JsonObject(line.substring("data: ".length()))));
            }
          });
    } catch (UncheckedIOException e) {
      // The server has closed it.
    } finally {
      end();
    }
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private synchronized void add(Sent message) {
    messages.add(message);
    if (message.name().equals("e")) {
      message.data().getJsonArray("e").forEach(event -> events.add((JsonArray) event));
    }
    notifyAll();
  }

  /** All events so far, in the order in which they came. */
  synchronized List<JsonArray> seen() {
    return List.copyOf(events);
  }

  synchronized List<Sent> messages() {
    return List.copyOf(messages);
  }

  /** The first event of this kind that fits, seen already or not. */
  JsonArray await(String kind, Predicate<JsonArray> fits) throws InterruptedException {
    return await(0, kind, fits);
  }

  /** The first one after so many. */
  synchronized JsonArray await(int from, String kind, Predicate<JsonArray> fits)
      throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    int next = from;
    while (true) {
      for (; next < events.size(); next++) {
        JsonArray event = events.get(next);
        if (event.getString(0).equals(kind) && fits.test(event)) {
          return event;
        }
      }
      waitUntil(end, "no such event " + kind);
    }
  }

  /** The first message of this name that fits, seen already or not. */
  synchronized JsonObject awaitMessage(String name, Predicate<JsonObject> fits)
      throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    int next = 0;
    while (true) {
      for (; next < messages.size(); next++) {
        Sent message = messages.get(next);
        if (message.name().equals(name) && fits.test(message.data())) {
          return message.data();
        }
      }
      waitUntil(end, "no such message " + name);
    }
  }

  synchronized void awaitEnd() throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!ended) {
      waitUntil(end, "the stream does not end");
    }
  }

  private void waitUntil(long end, String otherwise) throws InterruptedException {
    long left = end - System.currentTimeMillis();
    if (left <= 0) {
      fail(otherwise + " in " + messages.size() + " messages, the last events " + tail());
    }
    wait(left);
  }

  private List<JsonArray> tail() {
    return events.subList(Math.max(0, events.size() - 20), events.size());
  }

  @Override
  public void close() throws IOException {
    response.thenAccept(r -> r.body().close());
  }
}
