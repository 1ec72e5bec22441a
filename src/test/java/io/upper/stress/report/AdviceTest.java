package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.stress.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdviceTest {
  /** Nothing to doubt: 20,000 replies in 2 s. */
  private static Results good() {
    return Results.none().replies(20_000, Results.MILLI);
  }

  @Test
  void goodResultNeedsNone() {
    assertEquals(List.of(), on(good()));
    assertEquals(List.of(), on(good().openLoop(10_000, 20_000, 200)), "1 % missed is little");
  }

  @Test
  void generatorWasTheLimit() {
    assertOne(
        good().openLoop(10_000, 20_000, 400),
        "the generator was the limit: 400 of 20,000 sends (2.0 %) were late");
  }

  @Test
  void serverDidNotKeepUp() {
    assertOne(good().openLoop(20_000, 40_000, 0), "it answered 10,000/s of the 20,000/s planned");
  }

  @Test
  void generatorNearItsProcessors() {
    assertOne(good().cpu(Duration.ofMillis(3_400)), "the generator used 1.7 of 2 processors");
    assertEquals(List.of(), on(good().cpu(Duration.ofMillis(3_100))));
  }

  @Test
  void tooFewSamples() {
    assertOne(Results.none().replies(9_999, Results.MILLI), "p99.9 of 9,999 replies: too few");
    assertOne(Results.none().replies(999, Results.MILLI), "p99 and p99.9 of 999 replies: too few");
    assertEquals(List.of(), on(Results.none().replies(10_000, Results.MILLI)));
  }

  @Test
  void tooShortWithoutWarmup() {
    Results result = good().elapsed(Duration.ofMillis(120));
    assertEquals(List.of(), on(result));
    assertOne(result.noWarmup(), "measured for 120 ms only");
  }

  @Test
  void errorsLeaveTheLatenciesOfTheOthers() {
    assertOne(
        good().fault(Fault.RESET, 2).fault(Fault.LOST, 1),
        "3 errors: the latencies are only those");
  }

  @Test
  void stallInAClosedLoopIsUnderestimated() {
    assertOne(good().replies(1, 900 * Results.MILLI), "(coordinated omission)");
    Results open = good().replies(1, 900 * Results.MILLI).openLoop(10_000, 20_000, 0);
    assertEquals(List.of(), on(open), "an open loop sees it");
  }

  @Test
  void interrupted() {
    assertOne(good().interrupted(), "stopped before its end");
  }

  @Test
  void unreachableServerIsAllThereIsToSay() {
    assertOne(
        Results.none().fault(Fault.REFUSED, 4).unreachable(),
        "is it listening on tcp localhost:2000?");
  }

  private static List<String> on(Results result) {
    return Advice.on(result.get(), 2);
  }

  private static void assertOne(Results result, String part) {
    List<String> advice = on(result);
    assertEquals(1, advice.size(), advice::toString);
    assertTrue(advice.get(0).contains(part), advice::toString);
  }
}
