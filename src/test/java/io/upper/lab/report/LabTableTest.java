package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.job.Job;
import io.upper.lab.Load;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ScalingCurve.Point;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabTableTest {
  private static final Load LOAD = Runs.load(3, 2, 100);

  @Test
  void modelHasItsFiguresAndAFailedOneHasNone() {
    List<List<String>> rows =
        LabTable.models(
            Runs.result(
                LOAD,
                Runs.of(LOAD).predicted(Duration.ofMillis(600), "by hand").iterative(),
                Runs.failed("worker-pool", "no port")));
    assertEquals(
        List.of(
            "iterative",
            "1 event loop",
            "600 ms",
            "600 ms",
            "10.0",
            "300 ms",
            "300 ms",
            "0.97",
            "120 ms",
            "50"),
        rows.get(1));
    assertEquals(
        List.of("worker-pool", "failed", "–", "–", "–", "–", "–", "–", "–", "–"), rows.get(2));
  }

  @Test
  void requestsWithoutAReplyHaveAColumnWhenThereAreSuch() {
    List<List<String>> rows =
        LabTable.models(Runs.result(LOAD, Runs.of(LOAD).run("m", "w", List.of())));
    assertEquals("no reply", rows.get(0).get(10));
    assertEquals("6", rows.get(1).get(10));
  }

  @Test
  void scalingIsRelativeToTheFirst() {
    ScalingCurve curve =
        new ScalingCurve(
            "iterative",
            new Job(Job.Kind.SLEEP, 100),
            List.of(point(2, 20), point(4, 39), point(8, 70)),
            List.of());
    List<List<String>> rows = LabTable.scaling(curve, Runs.load(16, 4, 100), 2);
    assertEquals(List.of("2", "20.0", "1.0", "1.0", "1.00 s", "5.00 ms"), rows.get(1));
    assertEquals(List.of("8", "70.0", "3.5", "4.0", "1.00 s", "5.00 ms"), rows.get(3));
  }

  private static Point point(int instances, int answered) {
    return new Point(instances, answered, Duration.ofSeconds(1), Duration.ofMillis(5));
  }
}
