package io.upper.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Where the clients record what they see. Recording is wait-free and may come from any event loop;
 * {@link #sample} is called by one thread, which turns it into totals and seconds.
 */
final class Measurements {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  private final Map<Phase, Recorder> recorders = new EnumMap<>(Phase.class);
  private final Map<Fault, LongAdder> faults = counters(Fault.class);
  private final LongAdder sent = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder planned = new LongAdder();
  private final Map<Delay, LongAdder> late = counters(Delay.class);
  private final Map<Delay, LongAdder> unsent = counters(Delay.class);
  private final Map<Refusal, LongAdder> refusals = counters(Refusal.class);
  private final LongAccumulator lastReply = new LongAccumulator(Math::max, Long.MIN_VALUE);

  // What follows belongs to the sampling thread.
  private final long origin;
  private final Map<Phase, Histogram> totals = new EnumMap<>(Phase.class);
  private final Map<Phase, Histogram> intervals = new EnumMap<>(Phase.class);
  private final List<StressResult.Second> seconds = new ArrayList<>();
  private final Histogram second = histogram();
  private StressResult.Second before = new StressResult.Second(-1, 0, 0, 0, 0, 0, 0);

  /**
   * @param origin when the warm-up is over ({@link System#nanoTime}): the first second begins
   */
  Measurements(long origin) {
    this.origin = origin;
    for (Phase phase : Phase.values()) {
      recorders.put(phase, new Recorder(LONGEST, DIGITS));
      totals.put(phase, histogram());
    }
  }

  private static <K extends Enum<K>> Map<K, LongAdder> counters(Class<K> kinds) {
    Map<K, LongAdder> counters = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      counters.put(kind, new LongAdder());
    }
    return counters;
  }

  private static Histogram histogram() {
    return new Histogram(LONGEST, DIGITS);
  }

  void planned(Request request) {
    if (request.counts) {
      planned.increment();
    }
  }

  /** So many were due after the warm-up, and never begun. */
  void planned(long count) {
    planned.add(count);
  }

  void late(Request request, Delay reason) {
    if (request.counts) {
      late.get(reason).increment();
    }
  }

  /** A request that was begun could not be sent in time. */
  void unsent(Request request, Delay reason) {
    if (request.counts) {
      unsent(reason, 1);
    }
  }

  void unsent(Delay reason, long count) {
    unsent.get(reason).add(count);
  }

  /** A client got no connection. */
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
    recorders.get(phase).recordValue(Math.min(LONGEST, Math.max(0, nanos)));
  }

  /** A right reply is whole. */
  void answered(Request request, long now) {
    inFlight.decrement();
    if (request.counts) {
      answered.increment();
      time(Phase.REPLY, now - request.sent);
      time(Phase.CORRECTED, now - request.planned);
      lastReply.accumulate(now - origin);
    }
  }

  /** A request that was sent has come to nothing. */
  void failed(Request request, Fault fault) {
    inFlight.decrement();
    if (request.counts) {
      faults.get(fault).increment();
    }
  }

  /** A fault without a request at work. */
  void fault(Fault fault) {
    faults.get(fault).increment();
  }

  /** What was taken for lost has come after all. */
  void lateNotLost(boolean counts) {
    if (counts) {
      faults.get(Fault.LOST).decrement();
      faults.get(Fault.LATE).increment();
    }
  }

  /**
   * Moves what was recorded since the last call into the totals, and ends seconds that are over.
   */
  void sample(long now) {
    for (Phase phase : Phase.values()) {
      Histogram interval = recorders.get(phase).getIntervalHistogram(intervals.get(phase));
      intervals.put(phase, interval);
      totals.get(phase).add(interval);
      if (phase == Phase.CORRECTED) {
        second.add(interval);
      }
    }
    while (now - origin >= (seconds.size() + 1) * SECOND) {
      endSecond();
    }
  }

  /** Ends the last second, which may be cut. */
  void end(long now) {
    sample(now);
    if (second.getTotalCount() > 0 || sent.sum() > before.sent() || errors() > before.faults()) {
      endSecond();
    }
  }

  private void endSecond() {
    StressResult.Second sums =
        new StressResult.Second(seconds.size(), sent.sum(), answered.sum(), errors(), 0, 0, 0);
    seconds.add(
        new StressResult.Second(
            sums.number(),
            sums.sent() - before.sent(),
            sums.answered() - before.answered(),
            sums.faults() - before.faults(),
            second.getTotalCount() == 0 ? 0 : second.getValueAtPercentile(50),
            second.getTotalCount() == 0 ? 0 : second.getValueAtPercentile(99),
            second.getTotalCount() == 0 ? 0 : second.getMaxValue()));
    before = sums;
    second.reset();
  }

  private long errors() {
    return faults.values().stream().mapToLong(LongAdder::sum).sum();
  }

  long sent() {
    return sent.sum();
  }

  long answered() {
    return answered.sum();
  }

  long inFlight() {
    return inFlight.sum();
  }

  long planned() {
    return planned.sum();
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

  /** From the end of the warm-up to the last right reply; zero without any. */
  Duration elapsed() {
    return Duration.ofNanos(Math.max(0, lastReply.get()));
  }

  /** How often each fault was seen. */
  Map<Fault, Long> faults() {
    return sums(faults, Fault.class);
  }

  Map<Phase, Histogram> times() {
    return totals;
  }

  List<StressResult.Second> seconds() {
    return List.copyOf(seconds);
  }
}
