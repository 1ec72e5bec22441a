package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  /** 98 replies of 1 ms, one of 7.3 ms, one of 2 s, in 2 s: 50 a second. */
  private static Results hundred() {
    return Results.none()
        .replies(98, Results.MILLI)
        .replies(1, 7_300_000)
        .replies(1, 2000 * Results.MILLI);
  }

  @ParameterizedTest
  @CsvSource({
    "p99>5ms,        'p99>5ms, it was 7.303ms'", // as exact as the histogram
    "p99>=5000us,    'p99>=5000us, it was 7.303ms'",
    "p99 > 5 ms,     'p99 > 5 ms, it was 7.303ms'",
    "p99.9>=1s,      'p99.9>=1s, it was 2.001s'",
    "max>1.5s,       'max>1.5s, it was 2.001s'",
    "p50<2ms,        'p50<2ms, it was 1ms'",
    "min<=1000000ns, 'min<=1000000ns, it was 1ms'",
    "mean>20ms,      'mean>20ms, it was 21.05ms'",
    "rate<50.1,      'rate<50.1, it was 50'",
    "errors>=0,      'errors>=0, it was 0'",
    "never-served>2, 'never-served>2, it was 3'",
    "missed>0,       'missed>0, it was 6'",
  })
  void namesWhatIsBrokenAndWhatWasMeasured(String condition, String message) {
    StressResult result = hundred().neverServed(3).openLoop(50, 100, 6).get();
    assertEquals("broken: " + message, Gate.parse(condition).broken(result).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p99>7.4ms",
        "p99<7ms",
        "p98>1.1ms",
        "max>3s",
        "min<0.9ms",
        "mean>22ms",
        "rate<50",
        "rate>50",
        "errors>0",
        "never-served>3",
        "lost>0"
      })
  void whatHoldsIsNotBroken(String condition) {
    assertTrue(Gate.parse(condition).broken(hundred().neverServed(3).get()).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void countsEachKindOfErrorAlone(Fault fault) {
    Gate gate = Gate.parse(fault.word() + ">1");
    for (Fault other : Fault.values()) {
      assertEquals(
          other == fault,
          gate.broken(Results.ten().fault(other, 2).get()).isPresent(),
          other::word);
    }
    assertTrue(Gate.parse("errors>1").broken(Results.ten().fault(fault, 2).get()).isPresent());
  }

  @Test
  void latencyIsTheCorrectedOne() {
    StressResult result = Results.ten().time(Phase.CORRECTED, 1, 900 * Results.MILLI).get();
    assertTrue(Gate.parse("max>800ms").broken(result).isPresent());
    StressResult raw = Results.ten().time(Phase.REPLY, 1, 900 * Results.MILLI).get();
    assertFalse(Gate.parse("max>800ms").broken(raw).isPresent());
  }

  @Test
  void theGapIsThatOfTheClientThatHasWaitedLongest() {
    StressResult result =
        Results.ten()
            .time(Phase.GAP, 9, Results.MILLI)
            .time(Phase.GAP, 1, 2_500 * Results.MILLI)
            .get();
    assertTrue(Gate.parse("gap>2s").broken(result).isPresent());
    assertTrue(Gate.parse("gap>3s").broken(result).isEmpty());
    assertTrue(Gate.parse("gap>3s").broken(Results.none().get()).isPresent());
  }

  @Test
  void valueAtTheLimitIsNeitherAboveNorBelow() {
    // The histogram calls 5 ms 5.001215 ms, the highest value that it cannot tell from it.
    StressResult five = Results.none().replies(10, 5 * Results.MILLI).get();
    assertTrue(Gate.parse("max>5ms").broken(five).isEmpty());
    assertTrue(Gate.parse("max<5ms").broken(five).isEmpty());
    assertTrue(Gate.parse("max>=5ms").broken(five).isPresent());
    assertTrue(Gate.parse("max<=5ms").broken(five).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"p99>5ms", "p99<5ms", "mean>1s", "max>1s"})
  void latencyThatWasNotMeasuredIsBroken(String condition) {
    assertEquals(
        "broken: " + condition + ", there was no reply to measure",
        Gate.parse(condition).broken(Results.none().get()).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "p99,        is no condition",
    "p99=5ms,    is no condition",
    "p99>-5ms,   is no condition",
    "'',         is no condition",
    "p99>5,      'in ns, us, ms or s'",
    "p99>5min,   'in ns, us, ms or s'",
    "p101>5ms,   no figure 'p101'",
    "latency>5ms, no figure 'latency'",
    "errors>5ms, without 'ms'",
    "rate<5/s,   is no condition",
  })
  void refusesInOneLineThatTellsTheWayOut(String condition, String part) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Gate.parse(condition));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().startsWith("'" + condition + "'"), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void refusalOfAnUnknownFigureListsAllOfThem() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Gate.parse("speed>1")).getMessage();
    for (String figure : new String[] {"p99", "mean", "max", "rate", "errors", "never-served"}) {
      assertTrue(message.contains(figure), figure);
    }
    for (Fault fault : Fault.values()) {
      assertTrue(message.contains(fault.word()), fault::word);
    }
  }
}
