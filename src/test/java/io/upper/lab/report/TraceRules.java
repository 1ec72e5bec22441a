package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of Chrome trace events, checked as a viewer reads them: one after the other. Also that
 * a trace is complete, and what viewers want beyond the rules.
 */
public final class TraceRules {
  private final Map<Integer, Double> last = new HashMap<>();
  private final Map<String, String> onThread = new HashMap<>();
  private final Map<String, Deque<String>> open = new HashMap<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();
  private final Map<Integer, String> processes = new HashMap<>();
  private final Map<String, String> threads = new HashMap<>();

  private TraceRules() {}

  /**
   * Checks a whole trace.
   *
   * @return its events, without metadata, in their order
   */
  public static List<JsonObject> check(String trace) {
    List<JsonObject> events =
        new JsonObject(trace)
            .getJsonArray("traceEvents").stream().map(JsonObject.class::cast).toList();
    TraceRules rules = new TraceRules();
    events.forEach(rules::follow);
    rules.end();
    return events.stream().filter(event -> !event.getString("ph").equals("M")).toList();
  }

  private void follow(JsonObject event) {
    for (String key : List.of("name", "ph", "ts", "pid", "tid")) {
      assertNotNull(event.getValue(key), event::encode);
    }
    String phase = event.getString("ph");
    if (phase.equals("M")) {
      metadata(event);
      return;
    }
    double before = last.getOrDefault(event.getInteger("pid"), 0.0);
    assertTrue(event.getDouble("ts") >= before, () -> "not in order: " + event);
    last.put(event.getInteger("pid"), event.getDouble("ts"));
    assertNotNull(processes.get(event.getInteger("pid")), () -> "no process: " + event);
    switch (phase) {
      case "B", "E" -> slice(event, phase.equals("B"));
      case "b", "e" -> async(event, phase.equals("b"));
      case "C" -> counter(event);
      default -> throw new AssertionError("unknown phase: " + event);
    }
  }

  private void metadata(JsonObject event) {
    String name = event.getJsonObject("args").getString("name");
    if (event.getString("name").equals("process_name")) {
      assertNull(processes.put(event.getInteger("pid"), name), event::encode);
    } else if (event.getString("name").equals("thread_name")) {
      assertNull(threads.put(thread(event), name), event::encode);
    }
  }

  private static String thread(JsonObject event) {
    return event.getInteger("pid") + "/" + event.getInteger("tid");
  }

  /** On a thread one slice follows the other. */
  private void slice(JsonObject event, boolean begins) {
    assertNotNull(threads.get(thread(event)), () -> "no thread: " + event);
    String name = event.getString("name");
    if (begins) {
      assertNull(onThread.put(thread(event), name), () -> "overlaps: " + event);
    } else {
      assertEquals(name, onThread.remove(thread(event)), event::encode);
    }
  }

  /** The slices of an id are nested in one, which is the only one of its id. */
  private void async(JsonObject event, boolean begins) {
    assertNotNull(threads.get(thread(event)), () -> "no thread: " + event);
    String id = event.getString("cat") + " " + event.getString("id");
    if (!begins) {
      assertEquals(event.getString("name"), open.get(id).pop(), event::encode);
      return;
    }
    Deque<String> around = open.computeIfAbsent(id, key -> new ArrayDeque<>());
    assertTrue(!around.isEmpty() || ids.add(id), () -> "id used twice: " + event);
    around.push(event.getString("name"));
  }

  private void counter(JsonObject event) {
    int count = event.getJsonObject("args").getInteger("requests");
    assertTrue(count >= 0, event::encode);
    counters.put(event.getInteger("pid") + " " + event.getString("name"), count);
  }

  private void end() {
    assertEquals(Map.of(), onThread, "without end");
    open.values().removeIf(Deque::isEmpty);
    assertEquals(Map.of(), open, "without end");
    counters.values().removeIf(count -> count == 0);
    assertEquals(Map.of(), counters, "a request remains");
    Set<Integer> numbers = new HashSet<>(processes.keySet());
    threads
        .keySet()
        .forEach(
            thread ->
                assertTrue(numbers.add(Integer.valueOf(thread.replaceFirst(".*/", ""))), thread));
  }
}
