package io.upper.stress;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The clients' measurements. Recording is wait-free and allowed from any event loop; one thread
 * calls {@link #sample}, which closes the seconds.
 */
final class Measurements {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  // CORRECTED is recorded in recent first: sample() moves it here, and to the current second.
  private final Map<Phase, Histogram> times = new EnumMap<>(Phase.class);
  private final Recorder recent = new Recorder(MAX_NANOS, DIGITS);
  private final Map<Fault, LongAdder> faults = counters(Fault.class);
  final LongAdder sent = new LongAdder();
  final LongAdder answered = new LongAdder();
  final LongAdder inFlight = new LongAdder();
  final LongAdder planned = new LongAdder();
  private final Map<Delay, LongAdder> late = counters(Delay.class);
  private final Map<Delay, LongAdder> unsent = counters(Delay.class);
  private final Map<Refusal, LongAdder> refusals = counters(Refusal.class);
  private final LongAccumulator lastReply = new LongAccumulator(Math::max, Long.MIN_VALUE);

  // Used by the sampling thread only.
  private final long origin;
  private Histogram interval;
  private final List<StressResult.Second> seconds = new ArrayList<>();
  private final Histogram second = new Histogram(MAX_NANOS, DIGITS);
  private StressResult.Second previous = new StressResult.Second(-1, 0, 0, 0, 0, 0, 0);

  /**
   * @param origin end of the warm-up and start of the first second ({@link System#nanoTime})
   */
  Measurements(long origin) {
    this.origin = origin;
    for (Phase phase : Phase.values()) {
      times.put(phase, new AtomicHistogram(MAX_NANOS, DIGITS));
    }
  }

  private static <K extends Enum<K>> Map<K, LongAdder> counters(Class<K> kinds) {
    Map<K, LongAdder> counters = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      counters.put(kind, new LongAdder());
    }
    return counters;
  }

  void planned(Request request) {
    if (request.counts) {
      planned.increment();
    }
  }

  void late(Request request, Delay reason) {
    if (request.counts) {
      late.get(reason).increment();
    }
  }

  /** A request was started but not sent before the end. */
  void unsent(Request request, Delay reason) {
    if (request.counts) {
      unsent(reason, 1);
    }
  }

  void unsent(Delay reason, long count) {
    unsent.get(reason).add(count);
  }

  /** A client failed to connect. */
  void refused(Refusal reason) {
    refusals.get(reason).increment();
  }

  void sent(Request request) {
    inFlight.increment();
    if (request.counts) {
      sent.increment();
    }
  }

  void time(Phase phase, long nanos) {
    long value = Math.min(MAX_NANOS, Math.max(0, nanos));
    if (phase == Phase.CORRECTED) {
      recent.recordValue(value);
    } else {
      times.get(phase).recordValue(value);
    }
  }

  /** A correct reply is complete. */
  void answered(Request request, long now) {
    inFlight.decrement();
    if (request.counts) {
      answered.increment();
      time(Phase.REPLY, now - request.sent);
      time(Phase.CORRECTED, now - request.planned);
      lastReply.accumulate(now - origin);
    }
  }

  /** A request that was sent has failed. */
  void failed(Request request, Fault fault) {
    inFlight.decrement();
    if (request.counts) {
      faults.get(fault).increment();
    }
  }

  /** A fault without a request in flight. */
  void fault(Fault fault) {
    faults.get(fault).increment();
  }

  /** The reply to a request counted as lost has arrived. */
  void lateNotLost(boolean counts) {
    if (counts) {
      faults.get(Fault.LOST).decrement();
      faults.get(Fault.LATE).increment();
    }
  }

  /** Adds the records since the last call to the totals, and closes elapsed seconds. */
  void sample(long now) {
    interval = recent.getIntervalHistogram(interval);
    times.get(Phase.CORRECTED).add(interval);
    second.add(interval);
    while (now - origin >= (seconds.size() + 1) * SECOND) {
      endSecond();
    }
  }

  /** Closes the last second, which may be partial. */
  void end(long now) {
    sample(now);
    if (second.getTotalCount() > 0
        || sent.sum() > previous.sent()
        || errors() > previous.faults()) {
      endSecond();
    }
  }

  private void endSecond() {
    StressResult.Second sums =
        new StressResult.Second(seconds.size(), sent.sum(), answered.sum(), errors(), 0, 0, 0);
    seconds.add(
        new StressResult.Second(
            sums.number(),
            sums.sent() - previous.sent(),
            sums.answered() - previous.answered(),
            sums.faults() - previous.faults(),
            second.getValueAtPercentile(50),
            second.getValueAtPercentile(99),
            second.getMaxValue()));
    previous = sums;
    second.reset();
  }

  private long errors() {
    return faults.values().stream().mapToLong(LongAdder::sum).sum();
  }

  Map<Delay, Long> late() {
    return sums(late, Delay.class);
  }

  Map<Delay, Long> unsent() {
    return sums(unsent, Delay.class);
  }

  Map<Refusal, Long> refusals() {
    return sums(refusals, Refusal.class);
  }

  private static <K extends Enum<K>> Map<K, Long> sums(Map<K, LongAdder> counters, Class<K> kinds) {
    Map<K, Long> sums = new EnumMap<>(kinds);
    counters.forEach((kind, count) -> sums.put(kind, count.sum()));
    return sums;
  }

  /** Nanoseconds from the end of the warm-up to the last correct reply; zero without one. */
  long elapsed() {
    return Math.max(0, lastReply.get());
  }

  /** The count of each fault. */
  Map<Fault, Long> faults() {
    return sums(faults, Fault.class);
  }

  Map<Phase, Histogram> times() {
    return new EnumMap<>(times);
  }

  List<StressResult.Second> seconds() {
    return List.copyOf(seconds);
  }
}
