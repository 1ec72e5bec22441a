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
 * @param elapsed from the end of the warm-up to the last reply, or to the end of the time if that
 *     ended the run later
 * @param total from the end of the warm-up until nothing was awaited any more
 * @param sent requests sent
 * @param answered right replies
 * @param faults how often each fault was seen; 0 for those that were not
 * @param times the times of each phase, in nanoseconds; empty histograms for those that do not
 *     apply
 * @param seconds what happened in each second since the end of the warm-up, the last one perhaps
 *     cut
 * @param neverServed clients that had a request to make, and got not a single right reply
 * @param connected whether any client could connect at all (UDP: whether any reply came)
 * @param planned requests that were due in an open loop; 0 in a closed one
 * @param late of them, those sent late, by the reason
 * @param unsent requests that were due and not sent when the run ended, by the reason
 * @param refusals how often a client got no connection, by the reason, in the warm-up too
 * @param dropped UDP: replies that this machine's kernel dropped for lack of room in the
 *     generator's own sockets; they are not among the lost ones. {@link #UNKNOWN} where the system
 *     does not tell
 * @param generatorCpu processor time of the generator's process from the end of the warm-up on
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

  /** A count that the system does not tell. */
  public static final long UNKNOWN = ReceiveDrops.UNKNOWN;

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

  /** Requests sent late, or not at all, although their client was free. */
  public long missed() {
    return late.get(Delay.GENERATOR) + unsent.get(Delay.GENERATOR);
  }

  /** Requests that were due and not sent. */
  public long allUnsent() {
    return sum(unsent);
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How long a second was measured: all but the last one are whole. */
  public Duration length(Second second) {
    Duration rest = total.minusSeconds(second.number());
    return rest.compareTo(Duration.ofSeconds(1)) < 0 ? rest : Duration.ofSeconds(1);
  }

  /** Requests per second that an open loop had planned; at random they differ from its rate. */
  public double plannedRate() {
    if (settings.requests() > 0) {
      return settings.rate(); // They may end the run before its time.
    }
    Duration time = interrupted ? elapsed : settings.duration();
    return time == null || time.isZero() ? settings.rate() : planned * 1e9 / time.toNanos();
  }

  /** All faults together. */
  public long errors() {
    return sum(faults);
  }

  /** Right replies per second. */
  public double throughput() {
    return elapsed.isZero() ? 0 : answered * 1e9 / elapsed.toNanos();
  }
}
