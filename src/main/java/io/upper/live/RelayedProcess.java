package io.upper.live;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One server process, whose events are told again in the feed of its supervisor, where connections,
 * requests and lanes have other numbers. Thread-safe.
 */
final class RelayedProcess {
  private final int number;
  private final long pid;
  private final LiveFeed feed;
  // By their numbers in the process.
  private final Map<Integer, Connection> connections = new HashMap<>();
  private final Map<Integer, String> workers = new HashMap<>();
  private volatile long heap;
  private volatile int ratio = 1;
  private long served;

  /**
   * @param arrived when its requests were read, by number
   */
  private record Connection(String client, Map<Integer, Long> arrived) {}

  RelayedProcess(int number, long pid, LiveFeed feed) {
    this.number = number;
    this.pid = pid;
    this.feed = feed;
  }

  int number() {
    return number;
  }

  long pid() {
    return pid;
  }

  long heap() {
    return heap;
  }

  int ratio() {
    return ratio;
  }

  private String prefix() {
    return Lane.serverProcess(number);
  }

  boolean owns(String worker) {
    return worker.startsWith(prefix());
  }

  /** Takes the figures of a second. */
  synchronized void figures(JsonObject figures) {
    heap = figures.getLong("heap");
    ratio = figures.getInteger("shown");
    feed.lags().report(figures.getLong("lag"));
    long all = figures.getLong("served");
    feed.connections().countServed(all - served);
    served = all;
    if (figures.getJsonArray("open") != null) {
      closeAllBut(figures.getJsonArray("open"));
    }
  }

  /** The process has lost events: what is not open there any more has ended. */
  private void closeAllBut(JsonArray open) {
    Set<Object> there = open.stream().collect(Collectors.toSet());
    connections
        .entrySet()
        .removeIf(
            one -> {
              boolean gone = !there.contains(one.getKey());
              if (gone) {
                feed.connections().closed(one.getValue().client, "closed");
              }
              return gone;
            });
  }

  /**
   * Takes an event.
   *
   * @param began when the feed of the process began ({@link System#nanoTime})
   */
  synchronized void take(long began, LiveEvent event) {
    long at = began + event.at();
    switch (event.kind()) {
      case 'o' -> {
        String client = event.name() + " " + event.text();
        connections.put(event.connection(), new Connection(client, new HashMap<>()));
        feed.connections().openedElsewhere(client, at);
      }
      case 'x' -> {
        Connection connection = connections.remove(event.connection());
        if (connection != null) {
          feed.connections().closed(connection.client, event.text(), at);
        }
      }
      case 'a', 'b', 's' -> request(at, event);
      case 'l' -> workers.put(event.number(), prefix() + event.name());
      case 'z' -> {
        String worker = workers.remove(event.number());
        if (worker != null) {
          feed.lanes().ended(worker, event.text(), at - feed.began());
        }
      }
      case '!' -> feed.say('!', prefix() + " " + event.text());
      default -> {}
    }
  }

  private void request(long at, LiveEvent event) {
    Connection connection = connections.get(event.connection());
    if (connection == null) {
      return;
    }
    ShownConnections shown = feed.connections();
    if (event.kind() == 'a') {
      connection.arrived.put(event.request(), at);
      shown.arrivedElsewhere(connection.client, at, event.number());
      return;
    }
    Long arrived = connection.arrived.get(event.request());
    String worker = workers.get(event.number());
    if (arrived == null || worker == null) {
      return;
    }
    if (event.kind() == 'b') {
      shown.started(connection.client, worker, arrived, at);
    } else {
      connection.arrived.remove(event.request());
      shown.served(connection.client, worker, arrived, at);
    }
  }

  /** The process has ended, and with it its connections. */
  synchronized void end(String why) {
    connections
        .values()
        .forEach(one -> feed.connections().closed(one.client, "process " + number + " " + why));
    connections.clear();
    workers.values().forEach(worker -> feed.lanes().ended(worker, why, feed.now()));
    workers.clear();
  }
}
