package io.upper.check.course;

import io.upper.check.Marks;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of a submission.
 *
 * @param submission the submission
 * @param status {@value #GRADED}, or why it was not
 * @param report the JSON report; null if it was not graded
 */
public record Result(Submission submission, String status, JsonObject report) {
  static final String GRADED = "graded";

  static Result graded(Submission submission, JsonObject report) {
    return new Result(submission, GRADED, report);
  }

  static Result failed(Submission submission, String why) {
    return new Result(submission, why, null);
  }

  /** Whether there are a report and a mark, be it 0. */
  public boolean isGraded() {
    return report != null;
  }

  /** {@code 37 of 41 passed, 4 weak in 21 s}, or why it was not graded. */
  public String line() {
    return isGraded() ? report.getString("summary") : status;
  }

  /**
   * Its mark.
   *
   * @param weights by name of the group; 1 for those it does not have
   */
  Marks marks(Map<String, BigDecimal> weights) {
    return new Marks(
        objects(report.getJsonObject("marks").getJsonArray("groups"))
            .map(
                group ->
                    new Marks.Group(
                        group.getString("name"),
                        group.getInteger("passed"),
                        group.getInteger("cases"),
                        weights.getOrDefault(group.getString("name"), BigDecimal.ONE)))
            .toList());
  }

  /** Its cases of a group; empty if none of them counts, or it was not graded. */
  Optional<Marks.Group> group(String name) {
    return isGraded()
        ? marks(Map.of()).groups().stream().filter(group -> group.name().equals(name)).findFirst()
        : Optional.empty();
  }

  /** The cases that failed, be it a must or a should. */
  List<String> faults() {
    return isGraded()
        ? objects(report.getJsonArray("servers"))
            .flatMap(server -> objects(server.getJsonArray("verdicts")))
            .filter(verdict -> List.of("fail", "weak").contains(verdict.getString("outcome")))
            .map(verdict -> verdict.getString("id"))
            .toList()
        : List.of();
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }
}
