package io.upper.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelRunTest {
  private static final long MILLI = Runs.MILLI;

  @Test
  void throughputIsRepliesOverTheWallTime() {
    assertEquals(10, Runs.of(Runs.load(3, 2, 100)).iterative().throughput(), 1e-9);
    assertEquals(30, Runs.of(Runs.load(3, 2, 100)).eventLoop().throughput(), 1e-9);
    assertEquals(0, Runs.failed("iterative", "no port").throughput());
  }

  @Test
  void percentileIsALatencyThatWasMeasured() {
    // Latencies: 100, 200 and then 300 ms four times.
    ModelRun run = Runs.of(Runs.load(3, 2, 100)).iterative();
    assertEquals(100 * MILLI, run.percentile(1));
    assertEquals(200 * MILLI, run.percentile(33));
    assertEquals(300 * MILLI, run.percentile(50));
    assertEquals(300 * MILLI, run.percentile(100));
    assertEquals(Double.NaN, Runs.failed("iterative", "no port").percentile(50));
  }

  @Test
  void clientsServedAlikeAreServedFairly() {
    assertEquals(1, Runs.of(Runs.load(5, 2, 100)).eventLoop().fairness(5), 1e-9);
  }

  @Test
  void clientThatWaitsTwiceAsLongIsServedUnfairly() {
    // Throughputs 10, 10 and 5 a second: 25² / (3 · 225).
    ModelRun run = Runs.of(Runs.load(3, 1, 100)).processes(2, client -> client == 0 ? 0 : 1);
    assertEquals(List.of(100L, 100L, 200L), answered(run));
    assertEquals(625.0 / 675, run.fairness(3), 1e-9);
  }

  @Test
  void clientsWithoutAnyReplyCount() {
    Load load = Runs.load(1, 1, 100);
    assertEquals(0.25, Runs.of(load).iterative().fairness(4), 1e-9);
    assertTrue(Double.isNaN(Runs.failed("iterative", "no port").fairness(4)));
  }

  private static List<Long> answered(ModelRun run) {
    return run.requests().stream().map(request -> request.answered() / MILLI).toList();
  }
}
