package io.upper.stress.report;

import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.report.Provenance;
import io.upper.service.ConfiguredService;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Phase;
import io.upper.stress.Refusal;
import io.upper.stress.Shape;
import io.upper.stress.StressResult;
import io.upper.stress.StressResult.Second;
import io.upper.stress.StressSettings;
import io.upper.text.Uppercase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Results made by hand, whose every figure is known: ten right replies unless told otherwise. */
final class Results {
  static final long MILLI = 1_000_000;
  static final Provenance PROVENANCE =
      new Provenance(
          "upper stress tcp localhost 2000 4 --fail-if 'p99>5ms'",
          "1.0.0",
          "17.0.15",
          "5.2.3",
          "4.2.18.Final",
          "Linux 6.1",
          "amd64",
          2);

  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private final Map<Phase, Histogram> times = new EnumMap<>(Phase.class);
  private List<Second> seconds = List.of(new Second(0, 10, 10, 0, MILLI, 2 * MILLI, 3 * MILLI));
  private String host = "localhost";
  private double rate;
  private Duration warmup = Duration.ofSeconds(1);
  private Duration elapsed = Duration.ofSeconds(2);
  private Duration cpu = Duration.ofMillis(200);
  private long answered;
  private long planned;
  private final Map<Delay, Long> late = new EnumMap<>(Delay.class);
  private final Map<Delay, Long> unsent = new EnumMap<>(Delay.class);
  private final Map<Refusal, Long> refusals = new EnumMap<>(Refusal.class);
  private Duration duration;
  private Protocol protocol = Protocol.TCP;
  private int eventLoops = 2;
  private String ca = ClientSettings.DEFAULT_CA;
  private long dropped;
  private int neverServed;
  private boolean connected = true;
  private boolean interrupted;

  private Results() {
    for (Fault fault : Fault.values()) {
      faults.put(fault, 0L);
    }
    for (Phase phase : Phase.values()) {
      times.put(phase, new Histogram(3));
    }
    for (Delay delay : Delay.values()) {
      late.put(delay, 0L);
      unsent.put(delay, 0L);
    }
    for (Refusal refusal : Refusal.values()) {
      refusals.put(refusal, 0L);
    }
  }

  /** Nothing sent, nothing answered. */
  static Results none() {
    return new Results();
  }

  /** Ten replies of 1 ms. */
  static Results ten() {
    return new Results().replies(10, MILLI);
  }

  /** So many more right replies after so long. */
  Results replies(long count, long nanos) {
    answered += count;
    return time(Phase.FIRST_BYTE, count, nanos)
        .time(Phase.REPLY, count, nanos)
        .time(Phase.CORRECTED, count, nanos);
  }

  /** Takes back all replies. */
  Results noReplies() {
    answered = 0;
    times.values().forEach(Histogram::reset);
    return this;
  }

  Results time(Phase phase, long count, long nanos) {
    times.get(phase).recordValueWithCount(nanos, count);
    return this;
  }

  Results fault(Fault fault, long count) {
    faults.put(fault, count);
    return this;
  }

  Results openLoop(double rate, long planned, long missed) {
    this.rate = rate;
    this.planned = planned;
    return late(Delay.GENERATOR, missed);
  }

  Results late(Delay reason, long count) {
    late.put(reason, count);
    return this;
  }

  Results unsent(Delay reason, long count) {
    unsent.put(reason, count);
    return this;
  }

  Results refusal(Refusal reason, long count) {
    refusals.put(reason, count);
    return this;
  }

  Results dropped(long replies) {
    this.dropped = replies;
    return this;
  }

  Results protocol(Protocol protocol) {
    this.protocol = protocol;
    return this;
  }

  Results ca(String file) {
    this.ca = file;
    return this;
  }

  Results eventLoops(int count) {
    this.eventLoops = count;
    return this;
  }

  Results duration(Duration duration) {
    this.duration = duration;
    return this;
  }

  Results seconds(List<Second> seconds) {
    this.seconds = seconds;
    return this;
  }

  Results host(String host) {
    this.host = host;
    return this;
  }

  Results elapsed(Duration elapsed) {
    this.elapsed = elapsed;
    return this;
  }

  Results noWarmup() {
    this.warmup = Duration.ZERO;
    return this;
  }

  Results cpu(Duration cpu) {
    this.cpu = cpu;
    return this;
  }

  Results neverServed(int clients) {
    this.neverServed = clients;
    return this;
  }

  Results unreachable() {
    this.connected = false;
    return this;
  }

  Results interrupted() {
    this.interrupted = true;
    return this;
  }

  StressResult get() {
    ClientSettings client =
        new ClientSettings(
            protocol, host, 2000, ca, false, ConfiguredService.of(new Uppercase()), 5);
    StressSettings settings =
        new StressSettings(
            client,
            4,
            8,
            duration,
            StressSettings.WORDS,
            7,
            false,
            Duration.ZERO,
            rate,
            false,
            warmup,
            Duration.ofSeconds(5),
            Shape.NORMAL,
            eventLoops);
    long errors = faults.values().stream().mapToLong(Long::longValue).sum();
    return new StressResult(
        settings,
        Instant.parse("2026-01-02T03:04:05Z"),
        elapsed,
        elapsed,
        answered + errors,
        answered,
        faults,
        times,
        new ArrayList<>(seconds),
        neverServed,
        connected,
        planned,
        late,
        unsent,
        refusals,
        dropped,
        cpu,
        interrupted);
  }
}
