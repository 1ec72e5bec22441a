package io.upper.live;

import io.upper.jvm.ResidentMemory;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** What the strips of the page show, a sample each second. Used on one event loop. */
final class Figures {
  private static final int KEPT = 60;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final LiveFeed feed;
  private final ShownServers servers;
  private final Deque<JsonObject> recent = new ArrayDeque<>();
  private long servedBefore;
  private long lastSample = System.nanoTime();

  Figures(LiveFeed feed, ShownServers servers) {
    this.feed = feed;
    this.servers = servers;
  }

  /** The figures since the last call. Queue and in-flight are estimates if only some are shown. */
  JsonObject sample() {
    long now = System.nanoTime();
    ShownConnections connections = feed.connections();
    int queue = 0;
    int inFlight = 0;
    for (ShownConnection connection : connections.all()) {
      queue += connection.unread();
      for (ShownRequest request : connection.unserved()) {
        if (request.lane == Lanes.NONE) {
          queue++;
        } else {
          inFlight++;
        }
      }
    }
    long served = connections.servedRequests();
    long perSecond =
        Math.round((served - servedBefore) * NANOS_PER_SECOND / Math.max(1, now - lastSample));
    servedBefore = served;
    lastSample = now;
    long p99 = connections.latencies().takePercentile99();
    Runtime runtime = Runtime.getRuntime();
    JsonObject sample =
        new JsonObject()
            .put("now", millis(feed.now()))
            .put("lag", millis(feed.lags().takeLargest()))
            .put("queue", queue * connections.ratio())
            .put("inflight", inFlight * connections.ratio())
            .put("rps", perSecond)
            .put("p99", p99 < 0 ? null : millis(p99))
            .put("heap", runtime.totalMemory() - runtime.freeMemory() + servers.heap())
            .put("rss", resident());
    recent.addLast(sample);
    if (recent.size() > KEPT) {
      recent.removeFirst();
    }
    return sample;
  }

  /** Memory in RAM, of all processes; null where that is unknown. */
  private Long resident() {
    OptionalLong own = ResidentMemory.of(ProcessHandle.current().pid());
    if (own.isEmpty()) {
      return null;
    }
    long others = servers.pids().stream().mapToLong(pid -> ResidentMemory.of(pid).orElse(0)).sum();
    return own.getAsLong() + others;
  }

  /** The samples of the last minute. */
  List<JsonObject> recent() {
    return List.copyOf(recent);
  }

  /** Nanoseconds as milliseconds with a fraction to the microsecond. */
  static double millis(long nanos) {
    return Math.round(nanos / 1e3) * 1e3 / NANOS_PER_MILLI;
  }
}
