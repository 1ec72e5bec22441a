package io.upper.stress;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The result of a run. The warm-up is excluded except from {@code neverServed} and {@code
 * refusals}.
 *
 * @param started when the first client started
 * @param elapsed from the end of the warm-up to the last correct reply, or to the end of the run's
 *     time if that came later
 * @param total from the end of the warm-up until nothing was in flight
 * @param sent requests sent
 * @param answered correct replies
 * @param faults the count of each fault, including zeros
 * @param times the times of each phase, in nanoseconds; empty if a phase does not apply
 * @param seconds each second since the end of the warm-up; the last one may be partial
 * @param neverServed clients with a request due and not a single correct reply
 * @param connected whether any client connected (UDP: whether any reply arrived)
 * @param planned requests that were due in an open loop; 0 in a closed one
 * @param late those of them sent late, by reason
 * @param unsent requests due but not sent when the run ended, by reason
 * @param refusals failures to connect, by reason, including the warm-up
 * @param dropped UDP: replies that the kernel dropped because the generator's receive buffers were
 *     full; not counted as lost. {@link #UNKNOWN} if the system does not report them
 * @param generatorCpu CPU time of the generator's process since the end of the warm-up
 * @param interrupted whether the run was stopped before its end
 */
public record StressResult(
    StressSettings settings,
    Instant started,
    Duration elapsed,
    Duration total,
    long sent,
    long answered,
    Map<Fault, Long> faults,
    Map<Phase, Histogram> times,
    List<Second> seconds,
    int neverServed,
    boolean connected,
    long planned,
    Map<Delay, Long> late,
    Map<Delay, Long> unsent,
    Map<Refusal, Long> refusals,
    long dropped,
    Duration generatorCpu,
    boolean interrupted) {

  /** A count that the system does not report. */
  public static final long UNKNOWN = ReceiveDrops.UNKNOWN;

  /**
   * The figures of one second.
   *
   * @param number index, from 0
   * @param p50 median corrected latency in nanoseconds; 0 without a reply
   * @param p99 99th percentile of it
   * @param max maximum of it
   */
  public record Second(
      int number, long sent, long answered, long faults, long p50, long p99, long max) {}

  /** Requests sent late or not at all although their client was free. */
  public long missed() {
    return late.get(Delay.GENERATOR) + unsent.get(Delay.GENERATOR);
  }

  /** Requests that were due but not sent. */
  public long allUnsent() {
    return sum(unsent);
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The measured length of a second: only the last one may be partial. */
  public Duration length(Second second) {
    Duration rest = total.minusSeconds(second.number());
    return rest.compareTo(Duration.ofSeconds(1)) < 0 ? rest : Duration.ofSeconds(1);
  }

  /** Planned requests per second of an open loop; Poisson arrivals deviate from the rate. */
  public double plannedRate() {
    if (settings.requests() > 0) {
      return settings.rate(); // They may end the run early.
    }
    Duration time = interrupted ? elapsed : settings.duration();
    return time == null || time.isZero() ? settings.rate() : planned * 1e9 / time.toNanos();
  }

  /** The sum of all faults. */
  public long errors() {
    return sum(faults);
  }

  /** Correct replies per second. */
  public double throughput() {
    return elapsed.isZero() ? 0 : answered * 1e9 / elapsed.toNanos();
  }
}
