package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.report.TextHistogram;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void lastLineTellsTheClientsNeverServed() {
    for (Results result :
        List.of(Results.none().unreachable(), Results.ten(), Results.ten().interrupted())) {
      String summary = summary(result.neverServed(3));
      assertTrue(summary.endsWith("\nClients never served: 3\n"), summary);
    }
  }

  @Test
  void headTellsWhatWasRunAndHowItWent() {
    String summary = summary(Results.ten().fault(Fault.LOST, 2).fault(Fault.TIMED_OUT, 1));
    assertTrue(
        summary.startsWith(
            """
            tcp localhost:2000
            4 clients, 8 requests each, closed loop, warm-up of 1 s, seed 7

            measured   2.00 s
            requests   13 sent, 10 answered correctly (76.9 %), 3 errors
            rate       6.5/s sent, 5.0/s answered
            generator  200 ms of CPU time, 0.10 of 2 processors
            errors     timed-out 1, lost 2

            """),
        summary);
  }

  @Test
  void whatWasNotSentIsSaidWithItsReason() {
    String summary =
        summary(
            Results.ten().openLoop(5, 20, 0).unsent(Delay.WAITING, 9).unsent(Delay.CONNECTING, 1));
    assertTrue(
        summary.contains("\nnot sent   10 although due: connecting 1, waiting 9\n"), summary);
    assertTrue(
        summary(Results.ten().dropped(2)).contains("\ndropped    2 replies by this machine"));
  }

  @Test
  void kindsOfErrorsOnlyWhenThereAreAny() {
    assertFalse(summary(Results.ten()).contains("\nerrors"));
  }

  @Test
  void closedLoopShowsNoReplyTwice() {
    String summary = summary(Results.ten().time(Phase.CONNECT, 4, 210_000));
    assertTrue(
        summary.contains(
            """
                         count      p50      p90      p99    p99.9      max
            connect          4   210 µs   210 µs   210 µs   210 µs   210 µs
            first byte      10  1.00 ms  1.00 ms  1.00 ms  1.00 ms  1.00 ms
            whole reply     10  1.00 ms  1.00 ms  1.00 ms  1.00 ms  1.00 ms

            whole reply:
            """),
        summary);
    assertFalse(summary.contains("corrected"), summary);
    assertFalse(summary.contains("handshake"), summary);
  }

  @Test
  void openLoopShowsRawBesideCorrected() {
    String summary =
        summary(Results.ten().time(Phase.CORRECTED, 10, 900 * Results.MILLI).openLoop(5, 10, 0));
    assertTrue(summary.contains("\nraw service time      10  1.00 ms  1.00 ms  1.00 ms"), summary);
    assertTrue(summary.contains("\ncorrected latency     20  1.00 ms   900 ms   900 ms"), summary);
    assertTrue(summary.contains("/s answered, 5.0/s planned\n"), summary);
    assertTrue(summary.contains("0 of 10 sends late"), summary);
  }

  @Test
  void adviceIsWrappedBetweenWords() {
    String summary = summary(Results.ten().openLoop(5, 10, 5));
    assertTrue(summary.contains("note: the generator was the limit: 5 of 10 sends"), summary);
    summary.lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void histogramCountsEveryReplyOnce() {
    Histogram histogram = new Histogram(3);
    long sum = 0;
    for (long nanos = 1; nanos < 20_000_000_000L; nanos = nanos * 3 / 2 + 1) {
      histogram.recordValueWithCount(nanos, nanos % 7 + 1);
      sum += nanos % 7 + 1;
    }
    List<String> lines = TextHistogram.lines(histogram);
    assertTrue(lines.size() <= 16, lines::toString);
    assertEquals(sum, lines.stream().mapToLong(SummaryTest::count).sum());
    assertTrue(lines.stream().allMatch(line -> line.length() <= 80), lines::toString);
  }

  @Test
  void histogramBarsAreAsLongAsTheirShare() {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(1_000_000, 800);
    histogram.recordValueWithCount(9_000_000, 400);
    histogram.recordValueWithCount(99_000_000, 1);
    List<String> lines = TextHistogram.lines(histogram);
    List<Integer> bars =
        lines.stream()
            .filter(line -> count(line) > 0)
            .map(line -> (int) line.chars().filter(c -> c >= 0x2588 && c <= 0x258f).count())
            .toList();
    assertEquals(List.of(40, 20, 1), bars, () -> String.join("\n", lines));
  }

  @Test
  void histogramRowHoldsWhatLiesBetweenItsBounds() {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(11_000_000, 800);
    histogram.recordValueWithCount(23_000_000, 1);
    List<String> ends =
        TextHistogram.lines(histogram).stream()
            .filter(line -> count(line) > 0)
            .map(line -> line.substring(0, line.lastIndexOf("ms")).strip())
            .toList();
    assertEquals(List.of("11.0 ms  12.1", "21.5 ms  23.7"), ends);
  }

  @Test
  void histogramOfOneValueHasIt() {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(1_000_000, 5);
    assertEquals(5, TextHistogram.lines(histogram).stream().mapToLong(SummaryTest::count).sum());
    histogram.reset();
    histogram.recordValueWithCount(0, 2);
    assertEquals(2, TextHistogram.lines(histogram).stream().mapToLong(SummaryTest::count).sum());
  }

  /** The fifth word: after two bounds with their units. */
  private static long count(String line) {
    return Long.parseLong(line.strip().split("\\s+")[4].replace(",", ""));
  }

  private static String summary(Results result) {
    return Summary.of(result.get(), Results.PROVENANCE);
  }
}
