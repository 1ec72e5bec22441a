package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ScalingCurve.Point;
import io.upper.lab.ServedRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class LabHtmlTest {
  private static final Load LOAD = Runs.load(3, 2, 100);
  private static final Pattern TIP = Pattern.compile("<title>(Client [^<]*)</title>");
  private static final Pattern SERVED =
      Pattern.compile("<title>Client.*<rect class=\"bar (s\\d)\" x=\"([0-9.]+)\" y=\"([0-9.]+)\"");

  /** Two clients; client 2 waits for client 1, whose second request another process serves. */
  private static final String KNOWN =
      """
      { "schema": "upper-lab/1", "command": "upper lab --clients 2", "seed": 7,
        "versions": {"upper": null, "java": "17", "vertx": "5.2.3", "netty": "4.2.18.Final"},
        "host": {"os": "Linux", "arch": "amd64", "processors": 2},
        "started": "2026-01-02T03:04:05Z",
        "load": {"protocol": "udp", "clients": 2, "requests": 2, "job": {"kind": "sleep", "millis": 100}},
        "models": [
          { "name": "worker-pool", "workers": "2 threads", "predicted": 300000000,
            "arithmetic": "known", "wall": 300000000, "unanswered": 1, "cpu": 1000000,
            "resident": 1048576, "failure": null,
            "requests": [
              {"client": 0, "number": 0, "sent": 0, "started": 0, "ended": 100000000,
               "answered": 100000000, "worker": "one"},
              {"client": 0, "number": 1, "sent": 100000000, "started": 100000000,
               "ended": 200000000, "answered": 300000000, "worker": "two"},
              {"client": 1, "number": 0, "sent": 0, "started": 100000000, "ended": 200000000,
               "answered": 200000000, "worker": "one"} ] } ],
        "scaling": [] }
      """;

  @Test
  void timelineShowsAKnownJsonAsItIs() {
    String html = LabHtml.of(LabJson.read(new JsonObject(KNOWN)));
    assertEquals(
        List.of(
            "Client 1, request 1: did not wait, was served for 100.0 ms by A (one) and had its reply"
                + " at once: 100.0 ms in all.",
            "Client 1, request 2: did not wait, was served for 100.0 ms by B (two) and had its reply"
                + " 100.0 ms later: 200.0 ms in all.",
            "Client 2, request 1: waited 100.0 ms behind client 1, was served for 100.0 ms by A"
                + " (one) and had its reply at once: 200.0 ms in all."),
        tips(html));
    List<MatchResult> bars = SERVED.matcher(html).results().toList();
    assertEquals(List.of("s1", "s2", "s1"), bars.stream().map(bar -> bar.group(1)).toList());
    double first = Double.parseDouble(bars.get(0).group(2));
    assertTrue(Double.parseDouble(bars.get(1).group(2)) > first, "the second is later");
    assertEquals(bars.get(1).group(2), bars.get(2).group(2), "both began at 100 ms");
    assertEquals(bars.get(0).group(3), bars.get(1).group(3), "one row for each client");
    assertTrue(Double.parseDouble(bars.get(2).group(3)) > Double.parseDouble(bars.get(0).group(3)));
    for (String part :
        List.of(
            "<h1>upper lab: 1 model and 2 clients</h1>",
            "2 clients over udp, 2 requests each, one after the other, a job that waits 100 ms.",
            "Served by 2 threads in 300 ms; predicted: 300 ms (known).",
            "<li>worker-pool: 1 request got no right reply</li>",
            "<li>Up to 2 requests were served at once, by A and B.</li>",
            "<li>Client 2 waited longest: 100 ms with its request 1, while A served client 1.</li>",
            "<li>The workers took turns: the requests of client 1 were served by A and B.</li>",
            "<b class=\"s2\">B</b> two, 1 request</li>",
            "<th scope=\"row\">1</th><td>2</td><td>100.0 ms</td><td>0.0 ms</td><td>100.0 ms</td>"
                + "<td>100.0 ms</td><td>200.0 ms</td><td>B</td>",
            "<dt>seed</dt>\n<dd>7</dd>",
            "<dd>Linux, amd64, 2 processors</dd>")) {
      assertTrue(html.contains(part), part);
    }
  }

  @Test
  void everyRequestIsInThePicture() {
    Load load = Runs.load(10, 4, 100);
    ModelRun[] runs = {
      Runs.of(load).iterative(),
      Runs.of(load).eventLoop(),
      Runs.of(load).pool(5),
      Runs.of(load).processes(4, client -> client % 4)
    };
    List<String> expected = new ArrayList<>();
    for (ModelRun run : runs) {
      run.requests().forEach(request -> expected.add(name(request)));
    }
    assertEquals(
        expected,
        tips(html(Runs.result(load, runs))).stream()
            .map(tip -> tip.substring(0, tip.indexOf(':')))
            .toList());
  }

  private static String name(ServedRequest request) {
    return "Client " + (request.client() + 1) + ", request " + (request.number() + 1);
  }

  @Test
  void picturesShareAScaleUnlessOneWouldBeTooNarrow() {
    Load load = Runs.load(20, 1, 100);
    String html =
        html(
            Runs.result(
                load,
                Runs.of(load).iterative(),
                Runs.of(load).pool(10),
                Runs.of(load).eventLoop()));
    assertTrue(html.contains("<figcaption>worker-pool: who was served when</figcaption>"), html);
    assertTrue(
        html.contains(
            "<figcaption>event-loop: who was served when (enlarged 20.0 times)</figcaption>"),
        html);
    assertTrue(html.contains(">time, on its own scale</text>"), html);
    assertTrue(
        html.contains(
            "All pictures have the same scale, so that a short one is a fast model, but for"
                + " event-loop: too narrow to be read, and enlarged."),
        html);
  }

  @Test
  void failedModelAppearsWithItsFailure() {
    String html =
        html(Runs.result(LOAD, Runs.failed("iterative", "no port <1>"), Runs.of(LOAD).eventLoop()));
    assertTrue(html.contains("<li>iterative failed: no port &lt;1&gt;</li>"), html);
    assertTrue(html.contains("<h3>iterative</h3>\n<p>Failed: no port &lt;1&gt;</p>"), html);
    assertEquals(6, tips(html).size(), "the other one is drawn");
  }

  @Test
  void whereAllFailedThereIsAReportNevertheless() {
    String html = html(Runs.result(LOAD, Runs.failed("iterative", "no port")));
    assertFalse(html.contains("<svg"), html);
    assertTrue(html.contains("<li>iterative failed: no port</li>"), html);
  }

  @Test
  void modelThatAnsweredNothingIsNoDivisionByZero() {
    ModelRun silent = Runs.of(LOAD).run("m", "1 thread", List.of());
    String html = html(Runs.result(LOAD, silent));
    assertFalse(html.matches("(?s).*(NaN|Infinity).*"), html);
    assertTrue(html.contains("<li>m: 6 requests got no right reply</li>"), html);
  }

  @Test
  void whatIsNotAsPredictedIsSaidAtTheTop() {
    String html =
        html(
            Runs.result(
                LOAD, Runs.of(LOAD).predicted(Duration.ofMillis(400), "by hand").iterative()));
    assertTrue(
        html.contains("<li>iterative took 600 ms, 1.5 times the 400 ms predicted. Client 3"), html);
  }

  @Test
  void thousandClientsStayReadable() {
    Load load = Runs.load(1_000, 4, 10);
    String html = html(Runs.result(load, Runs.of(load).iterative(), Runs.of(load).pool(100)));
    assertEquals(2 * 40 * 4, tips(html).size());
    assertTrue(
        html.contains(
            "Drawn are the first 4 requests of the first 30 of 1,000 clients, and of the 10 of the"
                + " others that waited longest; the curves below count all."));
    assertTrue(html.contains("<figcaption>iterative: requests waiting and being served"), html);
    assertTrue(html.contains("and 90 more"), html);
    assertTrue(html.length() < 400_000, "bytes: " + html.length());
    // Nearly all wait at first, and 100 are being served all the time.
    assertTrue(html.contains("<th scope=\"row\">2.00 ms</th><td>100</td><td>900</td>"), html);
  }

  @Test
  void scalingHasItsIdealLine() {
    ScalingCurve curve =
        new ScalingCurve(
            "iterative",
            new Job(Job.Kind.SLEEP, 100),
            List.of(
                new Point(1, 10, Duration.ofSeconds(1), Duration.ZERO),
                new Point(8, 78, Duration.ofSeconds(1), Duration.ZERO)),
            List.of("16 instances: no port"));
    String html =
        html(
            new LabResult(
                Runs.PROVENANCE, Runs.STARTED, Runs.load(16, 4, 100), List.of(), List.of(curve)));
    for (String part :
        List.of(
            "<h1>upper lab: more instances</h1>",
            "<h3>iterative, a job that waits 100 ms</h3>",
            ">measured</text>",
            ">ideal</text>",
            "8 instances answered 78.0 requests per second, 7.8 times as many as 1 instance; ideal"
                + " are 8.0 times.",
            "<li>iterative failed: 16 instances: no port</li>")) {
      assertTrue(html.contains(part), part);
    }
  }

  @Test
  void asksTheNetworkForNothingAndRunsNoScript() {
    String html =
        html(
            Runs.result(
                LOAD,
                Runs.of(LOAD).iterative(),
                Runs.of(LOAD)
                    .run(
                        "<script>",
                        "<script>",
                        List.of(new ServedRequest(0, 0, 0, 0, 1, 1, "<script src=x>")))));
    // A namespace is a name, not an address to ask.
    String rest = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assertFalse(rest.matches("(?s).*(https?:|href=\"[^#]|@import|url\\(|<script).*"), rest);
  }

  private static List<String> tips(String html) {
    return TIP.matcher(html).results().map(tip -> tip.group(1)).toList();
  }

  private static String html(LabResult result) {
    return LabHtml.of(result);
  }
}
