package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.upper.config.Configuration;
import io.upper.lab.LabResult;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.lab.report.LabJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the page saves, against the events that it has. */
@Timeout(180)
class SavesTest {
  private static final long MILLI = 1_000_000;

  private static LiveEvent event(char kind, long millis, int connection, int request, int number) {
    return LiveEvent.request(kind, millis * MILLI, connection, request, number);
  }

  /** A request of which an event is missing, is none; the others are in the run of their model. */
  @Test
  void requestsArePutTogetherByModel() {
    List<LiveEvent> events =
        List.of(
            event('s', 1, 1, 1, 1), // Its begin is forgotten.
            LiveEvent.opened(2 * MILLI, 2, "tcp", "127.0.0.1:2", 0),
            LiveEvent.lane(3 * MILLI, new Lane(1, "vert.x-eventloop-thread-1", Lane.Kind.LOOP)),
            event('q', 10, 1, 2, 0),
            event('a', 20, 1, 2, 5),
            event('a', 20, 2, 3, 5),
            event('b', 21, 1, 2, 1),
            event('s', 31, 1, 2, 1),
            event('r', 32, 1, 2, 0),
            event('b', 31, 2, 3, 1),
            event('s', 41, 2, 3, 1),
            LiveEvent.sentence('c', 50 * MILLI, "tcp/model: iterative -> worker-pool"),
            event('a', 60, 1, 4, 5),
            event('b', 61, 1, 4, 7),
            event('s', 71, 1, 4, 7),
            event('a', 80, 1, 5, 5)); // Not served yet.
    List<ServedRun> runs =
        ServedRun.of(events, Map.of(7, "upper-worker-1"), Map.of(1, 4), "worker-pool");
    assertEquals(
        List.of(
            new ServedRun(
                "live: iterative",
                10 * MILLI,
                List.of(
                    request(3, 0, 0, 11, 21, 22, "vert.x-eventloop-thread-1"),
                    request(4, 0, 10, 21, 31, 31, "vert.x-eventloop-thread-1"))),
            new ServedRun(
                "live: worker-pool",
                60 * MILLI,
                List.of(request(3, 0, 0, 1, 11, 11, "upper-worker-1")))),
        runs);
  }

  private static ServedRequest request(
      int client, int number, long sent, long started, long ended, long answered, String worker) {
    return new ServedRequest(
        client, number, sent * MILLI, started * MILLI, ended * MILLI, answered * MILLI, worker);
  }

  @Test
  void aSessionAndATraceAreSaved() throws Exception {
    try (LiveServer server = new LiveServer(new JsonObject().put("model", "iterative"), "sleep:5");
        EventStream events = server.events()) {
      server.press("clients", new JsonObject().put("clients", 3));
      Set<Integer> clients = new HashSet<>();
      events.await("r", e -> clients.add(e.getInteger(2)) && clients.size() == 3);
      String token = "?token=" + server.token();

      LabResult session = LabJson.read(new JsonObject(server.get("/live/lab.json" + token).body()));
      ModelRun run = session.runs().get(0);
      assertEquals("live: iterative", run.name());
      assertEquals(3, session.load().clients());
      assertTrue(run.requests().size() >= 3);
      for (ServedRequest request : run.requests()) {
        assertTrue(request.served() >= 5 * MILLI && request.latency() >= request.served());
      }

      JsonArray trace =
          new JsonObject(server.get("/live/trace" + token).body()).getJsonArray("traceEvents");
      long begins = count(trace, "b");
      assertTrue(begins > 0);
      assertEquals(begins, count(trace, "e"));
    }
  }

  private static long count(JsonArray trace, String phase) {
    return trace.stream()
        .filter(event -> ((JsonObject) event).getString("ph").equals(phase))
        .count();
  }

  @Test
  void savesNeedTheToken() throws Exception {
    try (LiveServer server = new LiveServer(new JsonObject(), "none")) {
      for (String save : List.of("trace", "lab.json", "replay.html")) {
        assertEquals(403, server.get("/live/" + save).statusCode());
      }
    }
  }

  /** Which model served a request of half a minute ago is known. */
  @Test
  void statesOfTheLastMinuteAreKept() {
    PastStates past = new PastStates();
    for (int second = 0; second <= 100; second += 20) {
      past.add(new JsonObject().put("now", second * 1_000.0).put("model", "m" + second));
    }
    assertEquals(
        List.of("m40", "m60", "m80", "m100"),
        past.all(105_000).stream().map(state -> state.getString("model")).toList());
    assertEquals(1, past.all(1_000_000).size());
    for (int i = 0; i < 1_000; i++) {
      past.add(new JsonObject().put("now", 1_000_000.0 + i));
    }
    assertEquals(100, past.all(1_001_000).size());
  }

  /** Nothing was served: there is nothing to draw, but the files are whole. */
  @Test
  void anEmptyMinuteIsSavedToo() throws Exception {
    try (LiveServer server = new LiveServer(new JsonObject(), "none")) {
      String token = "?token=" + server.token();
      LabResult session = LabJson.read(new JsonObject(server.get("/live/lab.json" + token).body()));
      assertEquals(List.of(), session.runs());
      assertEquals(200, server.get("/live/trace" + token).statusCode());
    }
  }

  /** A full history takes long: the event loop only takes a copy of it. */
  @Test
  void theEventLoopOnlyCopies() throws Exception {
    LiveFeed feed = new LiveFeed();
    for (int i = 0; i < History.CAPACITY; i++) {
      feed.history().add(event('a', i, 1, i, 5));
    }
    Configuration configuration = Configuration.of(new JsonObject());
    Saves saves =
        new Saves(
            feed,
            new Figures(feed, null),
            new PastStates(),
            () -> new JsonObject().put("now", 0.0),
            () -> configuration);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String name : List.of("replay.html", "trace", "lab.json")) {
      saves.of(name); // Loads classes.
      long before = threads.getCurrentThreadAllocatedBytes();
      saves.of(name);
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 20L * History.CAPACITY, name + " takes " + bytes + " bytes");
    }
    assertTrue(saves.of("replay.html").call().orElseThrow().bytes().length > History.CAPACITY);
  }
}
