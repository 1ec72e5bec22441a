package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ServedRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A session that was watched, not planned: clients come and go, make different numbers of requests,
 * and begin in the middle; nothing is predicted, and processor time is not known.
 */
class LiveSessionTest {
  private static final long MILLI = Runs.MILLI;

  private static LabResult session() {
    List<ServedRequest> requests = new ArrayList<>();
    long free = 0;
    int[] counts = {7, 1, 0, 4};
    for (int number = 0; number < 7; number++) {
      for (int client = 0; client < counts.length; client++) {
        if (number < counts[client]) {
          long sent = number * 600 * MILLI + client * MILLI;
          long started = Math.max(sent, free);
          free = started + 200 * MILLI;
          String worker = number < 4 ? "vert.x-eventloop-thread-0" : "upper-worker-1-2";
          requests.add(
              new ServedRequest(client, number, sent, started, free, free + MILLI, worker));
        }
      }
    }
    ModelRun run =
        new ModelRun(
            "live", "1 event loop", null, null, Duration.ofSeconds(60), requests, 0, null, 0, null);
    Load load = new Load(Protocol.TCP, 4, 7, new Job(Job.Kind.SLEEP, 200), 0);
    return new LabResult(Runs.PROVENANCE, Runs.STARTED, load, List.of(run), List.of());
  }

  @Test
  void everythingIsDrawn() throws Exception {
    LabResult result = LabJson.read(new JsonObject(LabJson.of(session()).encode()));
    assertEquals(session(), result);
    String html = LabHtml.of(result);
    assertFalse(html.matches("(?s).*(NaN|Infinity|null).*"), html);
    assertEquals(12, html.split("<title>Client ", -1).length - 1);
    assertTrue(html.contains("waited 0.199 s behind client 1,"), html);
    assertTrue(html.contains("4 clients over tcp, up to 7 requests each, one after the other"));
    String text = LabText.of(result);
    assertTrue(text.startsWith("tcp, 4 clients, each up to 7 requests, job: sleep 200 ms\n"), text);
    assertFalse(text.matches("(?s).*(NaN|Infinity|null).*"), text);
    ByteArrayOutputStream trace = new ByteArrayOutputStream();
    ChromeTrace.write(result, trace);
    TraceRules.check(trace.toString(StandardCharsets.UTF_8));
    Oracle.check(result);
  }

  /** Its key with another value, and the line that refuses it. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          client   | 4  | /models/0/requests/2/client: 4 is not in 0..3
          client   | -1 | /models/0/requests/2/client: -1 is not in 0..3
          number   | 7  | /models/0/requests/2/number: 7 is not in 0..6
          sent     | -1 | /models/0/requests/2: its times do not rise from 0: sent, assigned, started, ended, answered
          assigned | 1  | /models/0/requests/2: its times do not rise from 0: sent, assigned, started, ended, answered
          ended    | 5  | /models/0/requests/2: its times do not rise from 0: sent, assigned, started, ended, answered
          answered | 5  | /models/0/requests/2: its times do not rise from 0: sent, assigned, started, ended, answered
          """)
  void whatCannotBeDrawnIsRefused(String key, int value, String line) {
    JsonObject json = LabJson.of(session());
    json.getJsonArray("models")
        .getJsonObject(0)
        .getJsonArray("requests")
        .getJsonObject(2)
        .put(key, value);
    assertEquals(
        line, assertThrows(IllegalArgumentException.class, () -> LabJson.read(json)).getMessage());
  }

  @Test
  void aRunWithoutLengthOrALoadWithoutClientsIsRefused() {
    JsonObject timeless = LabJson.of(session());
    timeless.getJsonArray("models").getJsonObject(0).put("wall", 0);
    assertEquals(
        "/models/0/wall: it is not above 0",
        assertThrows(IllegalArgumentException.class, () -> LabJson.read(timeless)).getMessage());
    JsonObject empty = LabJson.of(session());
    empty.getJsonObject("load").put("clients", 0);
    assertEquals(
        "/load/clients: 0 is not above 0",
        assertThrows(IllegalArgumentException.class, () -> LabJson.read(empty)).getMessage());
  }
}
