package io.upper.stress.report;

import io.upper.config.Protocol;
import io.upper.report.Units;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.Shape;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Which figures of a result are doubtful, and what to do about it. */
final class Advice {
  // With fewer samples above it, a percentile is unreliable.
  private static final int SAMPLES_ABOVE = 10;
  // Share of due requests; above it, the generator distorts the highest percentiles.
  private static final double MISSED_SHARE = 0.01;
  // Share of its processors; above it, the generator waits for CPU time.
  private static final double BUSY_SHARE = 0.8;
  // Share of the planned rate; below it, the server is not keeping up.
  private static final double KEPT_SHARE = 0.95;
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final StressResult result;
  private final StressSettings settings;
  private final Histogram latency;
  private final int processors;
  private final List<String> advice = new ArrayList<>();

  private Advice(StressResult result, int processors) {
    this.result = result;
    this.settings = result.settings();
    this.latency = result.times().get(Phase.CORRECTED);
    this.processors = processors;
  }

  /**
   * Finds doubtful figures.
   *
   * @param processors number available to the generator
   * @return one sentence per finding; empty if there is none
   */
  static List<String> on(StressResult result, int processors) {
    return new Advice(result, processors).advice();
  }

  private List<String> advice() {
    if (result.interrupted()) {
      add("stopped early: the figures cover the time until then");
    }
    ConnectAdvice connecting = new ConnectAdvice(result);
    connecting.limits().ifPresent(advice::add);
    if (!result.connected()) {
      connecting.unreached().ifPresent(advice::add);
      return advice;
    }
    errors();
    drops();
    if (settings.openLoop()) {
      warmup();
      schedule();
    }
    generator();
    if (latency.getTotalCount() > 0) {
      samples();
      stalls();
    }
    return advice;
  }

  private void add(String format, Object... values) {
    advice.add(String.format(Locale.ROOT, format, values));
  }

  private void errors() {
    if (result.errors() > 0 && result.answered() > 0) {
      add(
          "%s: the latencies are only those of the %s with a correct reply",
          Units.plural(result.errors(), "error"), Units.plural(result.answered(), "request"));
    }
  }

  private void drops() {
    if (result.dropped() > 0) {
      add(
          "%s dropped by this machine, whose receive buffer was full: the server lost none of them;"
              + " more clients, each with a buffer of its own, or a larger net.core.rmem_max leave"
              + " more room",
          result.dropped() == 1 ? "1 reply was" : Units.count(result.dropped()) + " replies were");
    } else if (result.dropped() == StressResult.UNKNOWN && result.faults().get(Fault.LOST) > 0) {
      add(
          "this system does not report how many of the lost replies were dropped by this machine,"
              + " whose receive buffers may have been full, and not by the server");
    }
  }

  private void warmup() {
    Protocol protocol = settings.client().protocol();
    boolean none = settings.warmup().isZero();
    if (none && latency.getTotalCount() > 0) {
      add(
          "without --warmup the start of the generator %s in the corrected latency",
          protocol == Protocol.UDP ? "is" : "and the first connections are");
    }
    if (held(Delay.CONNECTING) > MISSED_SHARE * result.planned()) {
      add(
          "%s of %s requests were late or not sent because their clients were still connecting%s; a"
              + " --warmup%s excludes them",
          Units.count(held(Delay.CONNECTING)),
          Units.count(result.planned()),
          protocol == Protocol.TLS ? ", or in the TLS handshake" : "",
          none ? "" : " longer than " + LoadText.seconds(settings.warmup()));
    }
  }

  private void schedule() {
    if (result.missed() > MISSED_SHARE * result.planned()) {
      add(
          "the generator was the limit: %s of %s sends (%s) were late or skipped; try a --rate"
              + " below %s, more clients or another machine",
          Units.count(result.missed()),
          Units.count(result.planned()),
          Units.percent(result.missed(), result.planned()),
          Units.rate(settings.rate()));
    } else if (held(Delay.WAITING) > (1 - KEPT_SHARE) * result.planned()
        && result.throughput() < KEPT_SHARE * result.plannedRate()) {
      add(
          "the server did not keep up: it answered %s/s of the %s/s planned, and %s waited for an"
              + " earlier reply; the corrected latency grows as long as that lasts",
          Units.rate(result.throughput()),
          Units.rate(result.plannedRate()),
          Units.plural(held(Delay.WAITING), "request"));
    }
  }

  /** Requests that were late, or not sent, for a reason. */
  private long held(Delay reason) {
    return result.late().get(reason) + result.unsent().get(reason);
  }

  private void generator() {
    int usable = Math.min(processors, Math.max(1, settings.eventLoops()));
    double used = LoadText.processorsUsed(result);
    // A shorter run is mostly JVM start-up, whose compiler uses the other processors.
    if (used > BUSY_SHARE * usable && result.total().compareTo(SHORT) >= 0) {
      add(
          "the generator used %.1f of %s: it may limit the rate; %s",
          used, Units.plural(processors, "processor"), moreProcessors(usable));
    }
  }

  private String moreProcessors(int usable) {
    if (usable == processors) {
      return "run it on a machine of its own, or with fewer clients";
    }
    return settings.eventLoops() == settings.clients()
        ? "a client is served by one event loop: take more clients"
        : "give it more --threads than " + settings.eventLoops();
  }

  private void samples() {
    long count = latency.getTotalCount();
    if (result.elapsed().compareTo(SHORT) < 0 && settings.warmup().isZero()) {
      add(
          "measured for %s only, including the generator's start-up: reliable figures need a"
              + " --duration %s, and a --warmup such as 3s",
          Units.time(result.elapsed()), settings.duration() == null ? "such as 10s" : longerThan());
    } else if (count < 1000 * SAMPLES_ABOVE) {
      add(
          "%s of %s: too few to be reliable; %s replies are needed, with %s",
          count < 100 * SAMPLES_ABOVE ? "p99 and p99.9" : "p99.9",
          count == 1 ? "1 reply" : Units.count(count) + " replies",
          Units.count(1000 * SAMPLES_ABOVE),
          moreSamples());
    }
  }

  private String moreSamples() {
    String more = "more --requests than " + settings.requests();
    if (settings.duration() == null) {
      return more + " or a --duration";
    }
    return (settings.requests() == 0 ? "" : more + " and ") + "a --duration " + longerThan();
  }

  private String longerThan() {
    return "longer than " + LoadText.seconds(settings.duration());
  }

  private void stalls() {
    boolean stalled =
        latency.getMaxValue() >= Duration.ofMillis(100).toNanos()
            && latency.getMaxValue() > 20 * latency.getValueAtPercentile(50);
    // The other shapes are slow by design.
    if (stalled && !settings.openLoop() && settings.shape() == Shape.NORMAL) {
      add(
          "a reply took %s, and a waiting client sends nothing: the percentiles flatter the"
              + " server (coordinated omission); --rate measures how long users would wait",
          Units.time(latency.getMaxValue()));
    }
  }
}
