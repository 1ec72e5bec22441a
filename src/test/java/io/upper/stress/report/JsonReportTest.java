package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class JsonReportTest {
  private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(/[^`]+)` \\|");

  @Test
  void keysDocumentedAreTheKeysWritten() throws Exception {
    Set<String> documented =
        DOCUMENTED
            .matcher(Files.readString(Path.of("docs/stress.md")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> written = new TreeSet<>();
    collect("", report(Results.ten()), written);
    assertEquals(documented, written);
  }

  /** Pointers of all values; phases, faults and array elements are written {@code *}. */
  private static void collect(String pointer, Object value, Set<String> pointers) {
    if (value instanceof JsonObject object) {
      boolean map = List.of("/phases", "/faults", "/delays", "/refusals").contains(pointer);
      object.forEach(
          entry ->
              collect(pointer + "/" + (map ? "*" : entry.getKey()), entry.getValue(), pointers));
    } else if (value instanceof JsonArray array) {
      array.forEach(element -> collect(pointer + "/*", element, pointers));
    } else {
      pointers.add(pointer);
    }
  }

  @Test
  void survivesBeingWrittenAndRead() {
    JsonObject report = report(Results.ten());
    assertEquals(report.encode(), new JsonObject(report.encodePrettily()).encode());
  }

  @Test
  void namesWhereTheFiguresComeFrom() {
    JsonObject report = report(Results.ten());
    assertEquals(
        "upper stress tcp localhost 2000 4 --fail-if 'p99>5ms'", report.getString("command"));
    assertEquals(
        Map.of("upper", "1.0.0", "java", "17.0.15", "vertx", "5.2.3", "netty", "4.2.18.Final"),
        report.getJsonObject("versions").getMap());
    assertEquals(7, report.getLong("seed"));
    assertEquals("2026-01-02T03:04:05Z", report.getString("started"));
  }

  @Test
  void everyFaultIsThereUnderItsWord() {
    JsonObject faults = report(Results.ten().fault(Fault.TIMED_OUT, 3)).getJsonObject("faults");
    assertEquals(
        Arrays.stream(Fault.values()).map(Fault::word).collect(Collectors.toSet()),
        faults.fieldNames());
    assertEquals(3, faults.getLong("timed-out"));
    assertEquals(0, faults.getLong("reset"));
  }

  @Test
  void phaseHasItsPercentilesInNanoseconds() {
    Results result = Results.none().replies(990, 1_000).replies(10, 2_000);
    JsonObject reply = report(result).getJsonObject("phases").getJsonObject("whole-reply");
    assertEquals(1000, reply.getLong("count"));
    assertEquals(1_000, reply.getLong("min"));
    assertEquals(1_000, reply.getLong("p50"));
    assertEquals(1_000, reply.getLong("p99"));
    assertEquals(2_000, reply.getLong("p99.9"));
    assertEquals(2_000, reply.getLong("max"));
    assertEquals(1_010, reply.getDouble("mean"), 0.01);
    assertEquals(99.5, reply.getDouble("stddev"), 0.1);
  }

  @Test
  void nothingMeasuredIsNullNotZero() {
    JsonObject connect = report(Results.ten()).getJsonObject("phases").getJsonObject("connect");
    assertEquals(0, connect.getLong("count"));
    for (String key : List.of("min", "mean", "stddev", "p50", "p99.99", "max")) {
      assertTrue(connect.containsKey(key), key);
      assertNull(connect.getValue(key), key);
    }
  }

  @Test
  void histogramIsKeptWhole() throws Exception {
    StressResult result =
        Results.ten().time(Phase.CORRECTED, 3, 77_000_000).time(Phase.CORRECTED, 1, 5).get();
    JsonObject phases = JsonReport.of(result, Results.PROVENANCE).getJsonObject("phases");
    for (Phase phase : Phase.values()) {
      String encoded = phases.getJsonObject(JsonReport.key(phase)).getString("histogram");
      assertNotNull(encoded, phase::label);
      Histogram decoded =
          Histogram.decodeFromCompressedByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), 0);
      assertEquals(result.times().get(phase), decoded, phase::label);
    }
  }

  @Test
  void secondsAreInOrderAndASilentOneHasNoLatency() {
    JsonArray seconds =
        report(
                Results.ten()
                    .seconds(
                        List.of(
                            new Second(0, 9, 8, 1, 100, 200, 300),
                            new Second(1, 2, 0, 2, 0, 0, 0))))
            .getJsonArray("seconds");
    assertEquals(
        new JsonObject(
            "{\"second\":0,\"nanos\":1000000000,\"sent\":9,\"answered\":8,\"faults\":1,\"p50\":100,\"p99\":200,\"max\":300}"),
        seconds.getJsonObject(0));
    assertNull(seconds.getJsonObject(1).getValue("p99"));
    assertEquals(2, seconds.getJsonObject(1).getLong("faults"));
  }

  private static JsonObject report(Results result) {
    return JsonReport.of(result.get(), Results.PROVENANCE);
  }
}
