package io.upper.stress;

import java.time.Duration;
import java.util.Map;

/**
 * How a run stands, for a live display.
 *
 * @param elapsed since the first client started
 * @param share of the work or the time that is done, 0 to 1
 * @param warmup whether it is the warm-up still
 * @param rate right replies per second, over the last second
 * @param inFlight requests that await their reply
 * @param p50 median of the corrected latency of the last second, nanoseconds
 * @param p99 its 99th percentile
 * @param faults how often each fault was seen; only those that were
 */
public record Progress(
    Duration elapsed,
    double share,
    boolean warmup,
    long sent,
    long answered,
    double rate,
    long inFlight,
    long p50,
    long p99,
    Map<Fault, Long> faults) {}
