package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.report.Plot.Point;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.Refusal;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  @Test
  void hasTheChartsTheSummaryAndTheFoot() {
    String html = html(Results.ten().openLoop(5, 10, 0).fault(Fault.RESET, 2));
    for (String part :
        List.of(
            "<figcaption>Latency over time</figcaption>",
            "<figcaption>Latency by percentile</figcaption>",
            "<figcaption>Requests per second</figcaption>",
            "<figcaption>Errors per second</figcaption>",
            "<caption>Times of each phase</caption>",
            "<th scope=\"row\">raw service time</th><td>10</td><td>1.00 ms</td>",
            "<th scope=\"row\">reset</th><td>2</td>",
            "--fail-if</span> &#39;p99&gt;5ms&#39;",
            "upper 1.0.0, Java 17.0.15, Vert.x 5.2.3, Netty 4.2.18.Final",
            "Linux 6.1, amd64, 2 processors",
            "<dt>seed</dt>\n<dd>7</dd>")) {
      assertTrue(html.contains(part), part);
    }
    assertEquals(4, html.split("<svg ", -1).length - 1);
    assertEquals(4, html.split("<desc>[A-Z]", -1).length - 1, "each tells what it shows");
  }

  @Test
  void textOfTheUserIsEscaped() {
    assertFalse(html(Results.ten().host("<img src=x>")).contains("<img"));
  }

  @Test
  void asksTheNetworkForNothing() {
    // A namespace is a name, not an address to ask.
    String html = html(Results.ten()).replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assertFalse(html.matches("(?s).*(https?:|src=|href=|@import|url\\(|<script).*"), html);
  }

  @Test
  void closedLoopHasOneCurve() {
    assertFalse(html(Results.ten()).contains("raw service time"));
  }

  @Test
  void nothingAnsweredIsAReportToo() {
    String html =
        html(
            Results.none()
                .seconds(List.of())
                .unreachable()
                .refusal(Refusal.NOT_LISTENING, 4)
                .fault(Fault.REFUSED, 4)
                .neverServed(4));
    assertFalse(html.contains("<svg"), html);
    assertFalse(html.contains("NaN"), html);
    assertTrue(html.contains("no client could connect: nothing listens"), html);
    assertTrue(html.contains("<th scope=\"row\">refused</th><td>4</td>"), html);
  }

  @Test
  void secondsWithErrorsOnlyAreDrawn() {
    String html =
        html(Results.none().fault(Fault.LOST, 4).seconds(List.of(new Second(0, 4, 0, 4, 0, 0, 0))));
    assertEquals(2, html.split("<svg ", -1).length - 1, "throughput and errors");
    assertFalse(html.contains("NaN"), html);
  }

  @Test
  void silentSecondIsAGapInLatencyAndZeroInThroughput() {
    Series series =
        new Series(
            Results.ten()
                .seconds(List.of(second(0, 10, 5), second(1, 0, 0)))
                .elapsed(Duration.ofSeconds(2))
                .get());
    assertEquals(List.of(new Point(0.5, 5), new Point(1.5, Double.NaN)), series.worst(Second::p99));
    assertEquals(
        List.of(new Point(0.5, 10), new Point(1.5, 0)), series.perSecond(Second::answered));
  }

  /** Whatever happens in it: 5 requests, or 5 timeouts, in 10 ms are no 500 a second. */
  @Test
  void lastSecondThatIsNotWholeIsNotDrawnAsARate() {
    for (int millis : List.of(1_010, 1_500, 1_990)) {
      StressResult cut =
          Results.ten()
              .seconds(List.of(second(0, 10, 5), second(1, 5, 5)))
              .elapsed(Duration.ofMillis(millis))
              .get();
      assertEquals(
          List.of(new Point(0.5, 10), new Point(1.5, Double.NaN)),
          new Series(cut).perSecond(Second::answered));
    }
    StressResult only =
        Results.ten().seconds(List.of(second(0, 5, 5))).elapsed(Duration.ofMillis(500)).get();
    assertEquals(List.of(new Point(0.5, 10)), new Series(only).perSecond(Second::answered));
  }

  @Test
  void requestsNotSentAreATable() {
    String html = html(Results.ten().openLoop(5, 20, 0).unsent(Delay.WAITING, 10));
    assertTrue(html.contains("<th scope=\"row\">waiting</th><td>10</td>"), html);
    assertFalse(html(Results.ten()).contains("not sent"));
  }

  @Test
  void longRunKeepsItsWorstSeconds() {
    List<Second> seconds = new ArrayList<>();
    for (int i = 0; i < 3_600; i++) {
      seconds.add(second(i, 10, i == 1_801 ? 900 : 5));
    }
    Series series =
        new Series(Results.ten().seconds(seconds).elapsed(Duration.ofSeconds(3_600)).get());
    assertEquals(6, series.group());
    List<Point> worst = series.worst(Second::p99);
    assertEquals(600, worst.size());
    assertEquals(new Point(1_803, 900), worst.get(300));
    assertEquals(new Point(1_797, 5), worst.get(299));
    assertTrue(series.perSecond(Second::answered).stream().allMatch(point -> point.y() == 10));
  }

  @Test
  void correctedAndRawAreDrawnFromTheirOwnTimes() {
    String html =
        html(Results.ten().time(Phase.CORRECTED, 10, 900 * Results.MILLI).openLoop(5, 10, 0));
    assertTrue(html.contains("<th scope=\"row\">99 %</th><td>900 ms</td><td>1.00 ms</td>"), html);
  }

  private static Second second(int number, long answered, long nanos) {
    return new Second(number, answered, answered, 0, nanos, nanos, nanos);
  }

  private static String html(Results result) {
    return HtmlReport.of(result.get(), Results.PROVENANCE);
  }
}
