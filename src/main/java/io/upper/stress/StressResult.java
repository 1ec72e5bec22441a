package io.upper.stress;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run measured. The warm-up counts nowhere but in {@code neverServed}.
 *
 * @param started when the first client started
 * @param elapsed from the end of the warm-up to the last reply
 * @param sent requests sent
 * @param answered right replies
 * @param faults how often each fault was seen; 0 for those that were not
 * @param times the times of each phase, in nanoseconds; empty histograms for those that do not
 *     apply
 * @param seconds what happened in each second since the end of the warm-up, the last one perhaps
 *     cut
 * @param neverServed clients that have not got a single right reply
 * @param connected whether any client could connect at all (UDP: whether any reply came)
 * @param planned requests that were due in an open loop; 0 in a closed one
 * @param missed of them, those sent late although their client was free: the generator was the
 *     limit
 * @param generatorCpu processor time of the generator's process from the end of the warm-up on
 * @param interrupted whether the run was stopped before its end
 */
public record StressResult(
    StressSettings settings,
    Instant started,
    Duration elapsed,
    long sent,
    long answered,
    Map<Fault, Long> faults,
    Map<Phase, Histogram> times,
    List<Second> seconds,
    int neverServed,
    boolean connected,
    long planned,
    long missed,
    Duration generatorCpu,
    boolean interrupted) {

  /**
   * What happened in one second.
   *
   * @param number 0 for the first one
   * @param p50 median of the corrected latency in nanoseconds; 0 when there was no reply
   * @param p99 its 99th percentile
   * @param max its maximum
   */
  public record Second(
      int number, long sent, long answered, long faults, long p50, long p99, long max) {}

  /** Requests per second that an open loop had planned; at random they differ from its rate. */
  public double plannedRate() {
    Duration duration = settings.duration();
    return duration == null || interrupted ? settings.rate() : planned * 1e9 / duration.toNanos();
  }

  /** All faults together. */
  public long errors() {
    return faults.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Right replies per second. */
  public double throughput() {
    return elapsed.isZero() ? 0 : answered * 1e9 / elapsed.toNanos();
  }
}
