package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabJsonTest {
  private static final Load LOAD = Runs.load(3, 2, 100);

  @Test
  void nothingIsLostOnTheWayToTextAndBack() {
    LabResult result =
        new LabResult(
            Runs.PROVENANCE,
            Runs.STARTED,
            new Load(LOAD.protocol(), 3, 2, LOAD.job(), Long.MIN_VALUE),
            List.of(
                Runs.of(LOAD).predicted(Duration.ofNanos(600_000_001), "6 × 100 ms").iterative(),
                Runs.of(LOAD).pool(2),
                Runs.of(LOAD)
                    .run(
                        "<b>&\"\n",
                        "1 ñ 🙂",
                        List.of(
                            new ServedRequest(
                                2, 1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE, "w\\"))),
                Runs.failed("processes: 4", "no port: /tcp/port")),
            List.of(
                new ScalingCurve(
                    "iterative",
                    new Job(Job.Kind.SLEEP, 100),
                    List.of(
                        new ScalingCurve.Point(
                            8, 1L << 40, Duration.ofNanos(123_456_789), Duration.ofMillis(5))),
                    List.of("16 instances: no port"))));
    String text = LabJson.of(result).encodePrettily();
    assertEquals(result, LabJson.read(new JsonObject(text)));
  }

  @Test
  void everyRequestIsThereInNanoseconds() {
    JsonObject model =
        LabJson.of(Runs.result(LOAD, Runs.of(LOAD).iterative()))
            .getJsonArray("models")
            .getJsonObject(0);
    assertEquals(6, model.getJsonArray("requests").size());
    assertEquals(
        new JsonObject(
            """
            {"client":2,"number":1,"sent":300000000,"assigned":500000000,"started":500000000,"ended":600000000,
             "answered":600000000,"worker":"vert.x-eventloop-thread-0"}"""),
        model.getJsonArray("requests").getJsonObject(5));
    assertEquals(600_000_000L, model.getLong("wall"));
    assertEquals(10, model.getDouble("perSecond"), 1e-9);
    assertEquals(300_000_000L, model.getLong("p99"));
  }

  @Test
  void failedModelHasNoFigures() {
    ModelRun failed = Runs.failed("iterative", "no port");
    JsonObject model =
        LabJson.of(Runs.result(LOAD, failed)).getJsonArray("models").getJsonObject(0);
    assertEquals("no port", model.getString("failure"));
    for (String key : List.of("wall", "predicted", "perSecond", "p50", "p99", "fairness")) {
      assertNull(model.getValue(key), key);
    }
  }

  @Test
  void otherSchemaIsRefused() {
    assertEquals(
        "/schema: upper-stress/1 is not upper-lab/1",
        assertThrows(
                IllegalArgumentException.class,
                () -> LabJson.read(new JsonObject().put("schema", "upper-stress/1")))
            .getMessage());
  }

  @Test
  void keyThatIsMissingOrWrongIsRefused() {
    LabResult result = Runs.result(LOAD, Runs.of(LOAD).iterative());
    for (String key : List.of("wall", "workers", "name", "requests")) {
      JsonObject json = new JsonObject(LabJson.of(result).encode());
      json.getJsonArray("models").getJsonObject(0).putNull(key);
      assertEquals(
          "a key of upper-lab/1 is missing or wrong",
          assertThrows(IllegalArgumentException.class, () -> LabJson.read(json)).getMessage(),
          key);
    }
  }

  /** Those that were saved before it was recorded when a worker was assigned. */
  @Test
  void olderSessionsAreRead() {
    LabResult result = Runs.result(LOAD, Runs.of(LOAD).iterative());
    JsonObject json = new JsonObject(LabJson.of(result).encode());
    json.getJsonArray("models")
        .getJsonObject(0)
        .getJsonArray("requests")
        .forEach(request -> ((JsonObject) request).remove("assigned"));
    assertEquals(result, LabJson.read(json));
  }
}
