package io.upper.check.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The files and lines about a class of three. */
class MarksCsvTest {
  private static Submission submission(String name) {
    return new Submission(name, Path.of("."), List.of("x", "{port}"));
  }

  private static Result graded(String name, int basic, int end, String... failed) {
    JsonArray groups = new JsonArray().add(group("basic", basic, 2)).add(group("end", end, 4));
    JsonArray verdicts = new JsonArray();
    for (String id : failed) {
      verdicts.add(new JsonObject().put("id", id).put("outcome", "weak"));
    }
    verdicts.add(new JsonObject().put("id", "tcp/basic/order").put("outcome", "skipped"));
    JsonObject report =
        new JsonObject()
            .put("marks", new JsonObject().put("groups", groups))
            .put("servers", new JsonArray().add(new JsonObject().put("verdicts", verdicts)));
    return Result.graded(submission(name), report);
  }

  private static JsonObject group(String name, int passed, int cases) {
    return new JsonObject().put("name", name).put("passed", passed).put("cases", cases);
  }

  private static final List<Result> RESULTS =
      List.of(
          graded("Núñez, \"Ana\"", 2, 1, "tcp/end/fin-in-flight", "tcp/stream/8-mib"),
          Result.failed(submission("ben"), "stopped: more than 500 processes"),
          graded("carl", 0, 4, "tcp/end/fin-in-flight"));

  @Test
  void theMarksOfAClass() {
    assertEquals(
        """
        name,status,mark,basic,basic of,end,end of
        "Núñez, ""Ana""\",graded,50,2,2,1,4
        ben,stopped: more than 500 processes,,,,,
        carl,graded,66.66,0,2,4,4
        """
            .replace("\n", "\r\n"),
        MarksCsv.of(RESULTS, Map.of()));
  }

  @Test
  void weightsChangeTheMarkWithoutAnotherGrading() {
    String csv = MarksCsv.of(RESULTS, Map.of("basic", BigDecimal.ZERO));
    assertTrue(csv.contains("\r\ncarl,graded,100,0,2,4,4\r\n"), csv);
  }

  @Test
  void theMostFrequentFaultIsFirst() {
    assertEquals(
        List.of(
            "    2 fail tcp/end/fin-in-flight            Núñez, \"Ana\", carl",
            "    1 fail tcp/stream/8-mib                 Núñez, \"Ana\""),
        ClassText.faults(RESULTS));
    assertEquals("2 of 3 submissions graded, 1 stopped", ClassText.graded(RESULTS));
  }
}
