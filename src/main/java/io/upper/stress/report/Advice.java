package io.upper.stress.report;

import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.report.Units;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.Refusal;
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
    limits();
    if (!result.connected()) {
      unreached();
      return advice;
    }
    errors();
    drops();
    schedule();
    generator();
    samples();
    stalls();
    return advice;
  }

  /** All limits of this machine in one note. */
  private void limits() {
    long descriptors = result.refusals().get(Refusal.DESCRIPTORS);
    long ports = result.refusals().get(Refusal.PORTS);
    List<String> limits = new ArrayList<>();
    if (descriptors > 0) {
      limits.add(
          "no more open files, "
              + Units.plural(descriptors, "time")
              + " (raise ulimit -n, or take fewer clients)");
    }
    if (ports > 0) {
      limits.add(
          "no free ephemeral port, "
              + Units.plural(ports, "time")
              + (settings.reconnect()
                  ? " (ports rest for a minute after each connection: leave out --reconnect, or"
                      + " send less)"
                  : " (take fewer clients, or a larger net.ipv4.ip_local_port_range)"));
    }
    if (!limits.isEmpty()) {
      advice.add(
          "limits of this machine, not of the server: "
              + String.join("; ", limits)
              + "; what could not be sent for that is no error");
    }
  }

  private void unreached() {
    String target = LoadText.target(settings);
    Refusal most = null;
    for (Refusal reason : Refusal.values()) {
      long count = result.refusals().get(reason);
      if (!reason.isOwn() && count > 0 && (most == null || count > result.refusals().get(most))) {
        most = reason;
      }
    }
    if (most != null) {
      advice.add("no client could connect: " + reason(most, target));
    } else if (result.errors() > 0) {
      // UDP: no answer of any kind came.
      advice.add(
          "no reply came from "
              + target
              + ": nothing listens there, datagrams do not get through, or it replies from another"
              + " address");
    }
  }

  private String reason(Refusal refusal, String target) {
    return switch (refusal) {
      case NOT_LISTENING -> "nothing listens on " + target + "; start a server with: upper serve";
      case NO_ANSWER ->
          target
              + " did not answer within "
              + LoadText.seconds(settings.timeout())
              + " (--timeout): the host is down, or a firewall drops what is sent there";
      case HANDSHAKE_TIMED_OUT ->
          target
              + " accepts connections, but no TLS handshake was over within "
              + LoadText.seconds(settings.timeout())
              + " (--timeout)";
      case HANDSHAKE_FAILED ->
          target + " accepts connections, but the TLS handshake fails: does it speak TLS there?";
      case CERTIFICATE_REFUSED ->
          target
              + " has a certificate that "
              + settings.client().ca()
              + (settings.client().ca().equals(ClientSettings.DEFAULT_CA)
                  ? " does not vouch for under that name; name its CA with --ca, or trust any server"
                      + " with --insecure"
                  : " (--ca) does not vouch for under that name; --insecure trusts any server");
      case CERTIFICATE_WANTED -> target + " wants a client certificate, and upper stress has none";
      default -> "there is no way from here to " + target;
    };
  }

  private void errors() {
    if (result.errors() > 0 && result.answered() > 0) {
      advice.add(
          Units.plural(result.errors(), "error")
              + ": the latencies are only those of the "
              + Units.plural(result.answered(), "request")
              + " that got a right reply");
    }
  }

  private void drops() {
    if (result.dropped() > 0) {
      advice.add(
          Units.count(result.dropped())
              + (result.dropped() == 1 ? " reply was" : " replies were")
              + " dropped by this machine, whose receive buffer was full: the server lost none of"
              + " them; more clients, each with a buffer of its own, or a larger net.core.rmem_max"
              + " leave more room");
    } else if (result.dropped() == StressResult.UNKNOWN && result.faults().get(Fault.LOST) > 0) {
      advice.add(
          "this system does not tell how many of the lost replies were dropped by this machine, for"
              + " lack of room in a receive buffer, and not by the server");
    }
  }

  private void schedule() {
    if (!settings.openLoop()) {
      return;
    }
    boolean measured = result.times().get(Phase.CORRECTED).getTotalCount() > 0;
    if (settings.warmup().isZero() && measured) {
      advice.add(
          settings.client().protocol() == Protocol.UDP
              ? "without --warmup the start of the generator is in the corrected latency"
              : "without --warmup the start of the generator and the first connections are in the"
                  + " corrected latency");
    }
    connecting();
    if (result.missed() > MISSED_SHARE * result.planned()) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the generator was the limit: %s of %s sends (%s) were late or left out; try a --rate"
                  + " below %s, more clients or another machine",
              Units.count(result.missed()),
              Units.count(result.planned()),
              Units.percent(result.missed(), result.planned()),
              Units.rate(settings.rate())));
    } else if (held(Delay.WAITING) > (1 - KEPT_SHARE) * result.planned()
        && result.throughput() < KEPT_SHARE * result.plannedRate()) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the server did not keep up: it answered %s/s of the %s/s planned, and %s waited for"
                  + " an earlier reply; the corrected latency grows as long as that lasts",
              Units.rate(result.throughput()),
              Units.rate(result.plannedRate()),
              Units.plural(held(Delay.WAITING), "request")));
    }
  }

  /** Requests that were late, or not sent, for a reason. */
  private long held(Delay reason) {
    return result.late().get(reason) + result.unsent().get(reason);
  }

  private void connecting() {
    if (held(Delay.CONNECTING) > MISSED_SHARE * result.planned()) {
      advice.add(
          String.format(
              Locale.ROOT,
              "%s of %s requests were late or not sent because their clients were still %s; a"
                  + " --warmup%s leaves that out",
              Units.count(held(Delay.CONNECTING)),
              Units.count(result.planned()),
              settings.client().protocol() == Protocol.TLS
                  ? "connecting, or in the TLS handshake"
                  : "connecting",
              settings.warmup().isZero()
                  ? ""
                  : " longer than " + LoadText.seconds(settings.warmup())));
    }
  }

  private void generator() {
    int usable = Math.min(processors, Math.max(1, settings.eventLoops()));
    double used = LoadText.processorsUsed(result);
    // Hardly a second is mostly the start of the JVM, whose compiler uses the other processors.
    if (used > BUSY_SHARE * usable && result.total().compareTo(SHORT) >= 0) {
      advice.add(
          String.format(
              Locale.ROOT,
              "the generator used %.1f of %s: it may be what limits the rate; %s",
              used,
              Units.plural(processors, "processor"),
              moreProcessors(usable)));
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
    Histogram latency = result.times().get(Phase.CORRECTED);
    long count = latency.getTotalCount();
    if (count == 0) {
      return;
    }
    if (result.elapsed().compareTo(SHORT) < 0 && settings.warmup().isZero()) {
      advice.add(
          "measured for "
              + Units.time(result.elapsed())
              + " only, with the generator's own start in it: figures that last need a --duration "
              + (settings.duration() == null
                  ? "such as 10s"
                  : "longer than " + LoadText.seconds(settings.duration()))
              + ", and a --warmup such as 3s");
    } else if (count < 1000 * SAMPLES_ABOVE) {
      advice.add(
          String.format(
              Locale.ROOT,
              "%s of %s: too few to rely on; it takes %s replies%s",
              count < 100 * SAMPLES_ABOVE ? "p99 and p99.9" : "p99.9",
              count == 1 ? "1 reply" : Units.count(count) + " replies",
              Units.count(1000 * SAMPLES_ABOVE),
              moreSamples()));
    }
  }

  private String moreSamples() {
    if (settings.duration() == null) {
      return ", with more --requests than " + settings.requests() + " or a --duration";
    }
    return settings.requests() == 0
        ? ", with a --duration longer than " + LoadText.seconds(settings.duration())
        : ", with more --requests than "
            + settings.requests()
            + " and a --duration longer than "
            + LoadText.seconds(settings.duration());
  }

  private void stalls() {
    Histogram latency = result.times().get(Phase.CORRECTED);
    boolean stalled =
        latency.getMaxValue() >= Duration.ofMillis(100).toNanos()
            && latency.getMaxValue() > 20 * latency.getValueAtPercentile(50);
    // The other shapes send, or read, slowly by themselves.
    boolean waits = !settings.openLoop() && settings.shape() == Shape.NORMAL;
    if (waits && latency.getTotalCount() > 0 && stalled) {
      advice.add(
          "a reply took "
              + Units.time(latency.getMaxValue())
              + ", and a client that waits sends nothing: its percentiles flatter the server"
              + " (coordinated omission); --rate measures what users would wait");
    }
  }
}
