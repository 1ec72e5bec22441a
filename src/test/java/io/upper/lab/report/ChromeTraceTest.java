package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ServedRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class ChromeTraceTest {
  private static final Load LOAD = Runs.load(3, 2, 100);

  private static String trace(LabResult result) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChromeTrace.write(result, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<JsonObject> events(ServedRequest... requests) throws IOException {
    ModelRun run = Runs.of(LOAD).run("m", "1 thread", List.of(requests));
    return TraceRules.check(trace(Runs.result(LOAD, run)));
  }

  /** {@code ts ph name}. */
  private static List<String> lines(List<JsonObject> events, String phases) {
    return events.stream()
        .filter(event -> phases.contains(event.getString("ph")))
        .map(
            event ->
                BigDecimal.valueOf(event.getDouble("ts")).setScale(3).toPlainString()
                    + " "
                    + event.getString("ph")
                    + " "
                    + event.getString("name"))
        .toList();
  }

  @Test
  void aRequestIsASliceOfItsClientWithItsPhasesInside() throws IOException {
    List<JsonObject> events = events(new ServedRequest(2, 1, 0, 1_500, 4_000, 9_001, 9_500, "p"));
    assertEquals(
        List.of(
            "0.000 b client 3",
            "0.000 b waiting",
            "1.500 e waiting",
            "1.500 b starting",
            "4.000 e starting",
            "4.000 b served",
            "9.001 e served",
            "9.001 b reply",
            "9.500 e reply",
            "9.500 e client 3"),
        lines(events, "be"));
    assertEquals(
        List.of(
            "1.500 B start for client 3",
            "4.000 E start for client 3",
            "4.000 B client 3",
            "9.001 E client 3"),
        lines(events, "BE"));
    assertEquals(
        new JsonObject()
            .put("client", 3)
            .put("request", 2)
            .put("worker", "p")
            .put(
                "told",
                "Client 3, request 2: waited 1.500 µs until A began, had its process started in 2.500 µs, was served for 5.001 µs by A (p) and had its reply 0.499 µs later: 9.500 µs in all."),
        events.get(0).getJsonObject("args"));
  }

  @Test
  void whatTakesNoTimeAndWhatAdjoinsStaysInOrder() throws IOException {
    List<JsonObject> events =
        events(
            new ServedRequest(0, 0, 0, 0, 5, 5, "A"),
            new ServedRequest(1, 0, 5, 5, 5, 5, "A"),
            new ServedRequest(2, 0, 0, 5, 9, 9, "A"));
    assertEquals(
        List.of(
            "0.000 B client 1",
            "0.005 E client 1",
            "0.005 B client 2",
            "0.005 E client 2",
            "0.005 B client 3",
            "0.009 E client 3"),
        lines(events, "BE"));
    assertEquals(
        1,
        events.stream()
            .filter(e -> e.getString("ph").equals("B"))
            .map(e -> e.getInteger("tid"))
            .distinct()
            .count());
  }

  @Test
  void everyModelKeepsTheRulesAndHoldsEveryRequest() throws IOException {
    Load load = Runs.load(10, 4, 100);
    LabResult result =
        Runs.result(
            load,
            Runs.of(load).iterative(),
            Runs.failed("broken", "no port"),
            Runs.of(load).eventLoop(),
            Runs.of(load).pool(3),
            Runs.of(load).children(4, 7 * Runs.MILLI),
            Runs.of(load).processes(4, client -> client % 4));
    String trace = trace(result);
    List<JsonObject> events = TraceRules.check(trace);
    Map<Integer, String> processes = names(trace, "process_name", event -> event.getInteger("pid"));
    assertEquals(
        List.of("iterative", "event-loop", "worker-pool", "process-per-connection", "processes: 4"),
        List.copyOf(new TreeMap<>(processes).values()));
    for (ModelRun run : result.runs()) {
      List<JsonObject> own =
          events.stream()
              .filter(event -> processes.get(event.getInteger("pid")).equals(run.name()))
              .toList();
      holds(run, own, names(trace, "thread_name", event -> event.getInteger("tid")));
    }
  }

  @Test
  void randomTimesKeepTheRules() throws IOException {
    SplittableRandom random = new SplittableRandom(22);
    for (int i = 0; i < 200; i++) {
      // Few instants, so that many of them coincide.
      int end = random.nextInt(1, 30);
      List<ServedRequest> requests = new ArrayList<>();
      for (int j = random.nextInt(1, 40); j > 0; j--) {
        long[] at = random.longs(5, 0, end).sorted().toArray();
        requests.add(
            new ServedRequest(j, 0, at[0], at[1], at[2], at[3], at[4], "w" + random.nextInt(1, 4)));
      }
      ModelRun run = Runs.of(LOAD).run("m", "threads", requests);
      String trace = trace(Runs.result(LOAD, run));
      holds(
          run,
          TraceRules.check(trace),
          names(trace, "thread_name", event -> event.getInteger("tid")));
    }
  }

  private static <K> Map<K, String> names(String trace, String kind, Function<JsonObject, K> key) {
    return new JsonObject(trace)
        .getJsonArray("traceEvents").stream()
            .map(JsonObject.class::cast)
            .filter(event -> event.getString("name").equals(kind))
            .collect(Collectors.toMap(key, event -> event.getJsonObject("args").getString("name")));
  }

  /** Reads the times of each request back, and counts the requests at each time. */
  private static void holds(ModelRun run, List<JsonObject> events, Map<Integer, String> threads) {
    Map<String, String> workers = new HashMap<>();
    Map<String, Map<String, Long>> spent = new HashMap<>();
    Map<String, Long> sent = new HashMap<>();
    Map<String, String> idOf = new HashMap<>();
    for (JsonObject event : events) {
      if (!"be".contains(event.getString("ph"))) {
        continue;
      }
      String id = event.getString("id");
      JsonObject args = event.getJsonObject("args");
      if (args != null) {
        idOf.put(args.getInteger("client") + "/" + args.getInteger("request"), id);
        workers.put(id, args.getString("worker"));
        sent.put(id, nanos(event));
        String thread = threads.get(event.getInteger("tid"));
        assertTrue(
            thread.matches("[A-Z]+: \\Q" + args.getString("worker") + "\\E( \\(\\d+ at once\\))?"),
            thread);
      }
      long sign = event.getString("ph").equals("b") ? -1 : 1;
      String name = event.getString("name").replaceFirst("^client .*", "all");
      spent.computeIfAbsent(id, key -> new HashMap<>()).merge(name, sign * nanos(event), Long::sum);
    }
    assertEquals(run.requests().size(), spent.size(), run.name());
    for (ServedRequest request : run.requests()) {
      String id = idOf.get((request.client() + 1) + "/" + (request.number() + 1));
      Map<String, Long> phases = spent.get(id);
      assertEquals(request.worker(), workers.get(id));
      assertEquals(request.sent(), sent.get(id));
      assertEquals(request.answered() - request.sent(), phases.get("all"));
      assertEquals(request.assigned() - request.sent(), phases.getOrDefault("waiting", 0L));
      assertEquals(request.started() - request.assigned(), phases.getOrDefault("starting", 0L));
      assertEquals(request.ended() - request.started(), phases.getOrDefault("served", 0L));
      assertEquals(request.answered() - request.ended(), phases.getOrDefault("reply", 0L));
    }
    for (JsonObject event : events) {
      if (event.getString("ph").equals("C")) {
        long at = nanos(event);
        boolean all = event.getString("name").equals("in flight");
        assertEquals(
            run.requests().stream()
                .filter(r -> r.sent() <= at && at < (all ? r.answered() : r.assigned()))
                .count(),
            event.getJsonObject("args").getLong("requests"),
            event::encode);
      }
    }
  }

  private static long nanos(JsonObject event) {
    return Math.round(event.getDouble("ts") * 1_000);
  }

  @Test
  void timesAreExactAndWithoutExponent() throws IOException {
    ServedRequest late =
        new ServedRequest(0, 0, 0, 1, 3_600_000_000_001L, 3_600_000_000_002L, "\"\n🙂");
    String trace = trace(Runs.result(LOAD, Runs.of(LOAD).run("m", "1 thread", List.of(late))));
    assertTrue(trace.contains("\"ts\":0.001,"), trace);
    assertTrue(trace.contains("\"ts\":3600000000.001,"), trace);
    assertEquals(
        "\"\n🙂", TraceRules.check(trace).get(0).getJsonObject("args").getString("worker"));
  }

  @Test
  void aSessionWithoutRequestsIsATraceNevertheless() throws IOException {
    assertEquals(
        List.of(), TraceRules.check(trace(Runs.result(LOAD, Runs.failed("m", "no port")))));
  }

  @Test
  void tellsWhereItComesFrom() throws IOException {
    JsonObject about =
        new JsonObject(trace(Runs.result(LOAD, Runs.of(LOAD).iterative())))
            .getJsonObject("otherData");
    assertEquals("upper lab --clients 3", about.getString("command"));
    assertEquals("Linux 6.1, amd64, 2 processors", about.getString("machine"));
  }

  @Test
  void aStreamThatFailsIsReportedAndOneThatDoesNotIsLeftOpen() throws IOException {
    LabResult result = Runs.result(LOAD, Runs.of(LOAD).iterative());
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space");
          }
        };
    assertEquals(
        "no space",
        assertThrows(IOException.class, () -> ChromeTrace.write(result, full)).getMessage());
    boolean[] closed = new boolean[1];
    ChromeTrace.write(
        result,
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        });
    assertEquals(false, closed[0]);
  }
}
