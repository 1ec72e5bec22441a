package io.upper.stress.report;

import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Which figures of a result are doubtful, and what to do about it. */
final class Advice {
  // A percentile with fewer samples above it is chance.
  private static final int SAMPLES_ABOVE = 10;
  // Of the requests that were due: more make the highest percentiles the generator's own.
  private static final double MISSED_SHARE = 0.01;
  // Of its processors: above, the generator queues for them.
  private static final double BUSY_SHARE = 0.8;
  // Of the planned rate: below, the server is not keeping up.
  private static final double KEPT_SHARE = 0.95;
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final StressResult result;
  private final StressSettings settings;
  private final int processors;
  private final List<String> advice = new ArrayList<>();

  private Advice(StressResult result, int processors) {
    this.result = result;
    this.settings = result.settings();
    this.processors = processors;
  }

  /**
   * Looks for what is doubtful.
   *
   * @param processors that the generator may use
   * @return a sentence each; none when all is well
   */
  static List<String> on(StressResult result, int processors) {
    return new Advice(result, processors).advice();
  }

  private List<String> advice() {
    if (result.interrupted()) {
      advice.add("stopped before its end: these are the figures until then");
    }
    if (!result.connected()) {
      advice.add(
          "no client could reach the server: is it listening on "
              + LoadText.target(settings)
              + "? Start one with: upper serve");
      return advice;
    }
    errors();
    schedule();
    generator();
    samples();
    stalls();
    return advice;
  }

  private void errors() {
    if (result.errors() > 0) {
      advice.add(
          Units.plural(result.errors(), "error")
              + ": the latencies are only those of the "
              + Units.plural(result.answered(), "request")
              + " that got a right reply");
    }
  }

  private void schedule() {
    if (settings.openLoop() && settings.warmup().isZero() && !result.interrupted()) {
      advice.add(
          "without --warmup the start of the generator and the first handshakes are in the"
              + " corrected latency");
    }
    if (!settings.openLoop()) {
      return;
    }
    if (result.missed() > MISSED_SHARE * result.planned()) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the generator was the limit: %s of %s sends (%s) were late; try a lower --rate, more"
                  + " clients or another machine",
              Units.count(result.missed()),
              Units.count(result.planned()),
              Units.percent(result.missed(), result.planned())));
    } else if (result.throughput() < KEPT_SHARE * result.plannedRate() && !result.interrupted()) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the server did not keep up: it answered %s/s of the %s/s planned; the corrected"
                  + " latency grows as long as that lasts",
              Units.rate(result.throughput()),
              Units.rate(result.plannedRate())));
    }
  }

  private void generator() {
    int usable = Math.min(processors, Math.max(1, settings.eventLoops()));
    double used = LoadText.processorsUsed(result);
    // Hardly a second is mostly the start of the JVM, whose compiler uses the other processors.
    if (used > BUSY_SHARE * usable && result.elapsed().compareTo(SHORT) >= 0) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the generator used %.1f of %s: it may be what limits the rate; %s",
              used,
              Units.plural(processors, "processor"),
              usable < processors
                  ? "give it more --threads"
                  : "run it on a machine of its own, or with fewer clients"));
    }
  }

  private void samples() {
    Histogram latency = result.times().get(Phase.CORRECTED);
    long count = latency.getTotalCount();
    if (count == 0) {
      return;
    }
    if (result.elapsed().compareTo(SHORT) < 0 && settings.warmup().isZero()) {
      advice.add(
          "measured for "
              + Units.time(result.elapsed())
              + " only, with the generator's own start in it: figures that last need --duration"
              + " 10s --warmup 3s");
    } else if (count < 1000 * SAMPLES_ABOVE) {
      advice.add(
          String.format(
              Locale.ROOT,
              "%s of %s: too few to rely on; it takes %s replies, with more --requests or a"
                  + " --duration",
              count < 100 * SAMPLES_ABOVE ? "p99 and p99.9" : "p99.9",
              count == 1 ? "1 reply" : Units.count(count) + " replies",
              Units.count(1000 * SAMPLES_ABOVE)));
    }
  }

  private void stalls() {
    Histogram latency = result.times().get(Phase.CORRECTED);
    boolean stalled =
        latency.getMaxValue() >= Duration.ofMillis(100).toNanos()
            && latency.getMaxValue() > 20 * latency.getValueAtPercentile(50);
    if (!settings.openLoop() && latency.getTotalCount() > 0 && stalled) {
      advice.add(
          "a reply took "
              + Units.time(latency.getMaxValue())
              + ", and a client that waits sends nothing: its percentiles flatter the server"
              + " (coordinated omission); --rate measures what users would wait");
    }
  }
}
