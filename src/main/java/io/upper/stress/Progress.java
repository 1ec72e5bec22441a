package io.upper.stress;

import java.time.Duration;
import java.util.Map;

/**
 * The progress of a run, for a live display.
 *
 * @param elapsed time since the first client started
 * @param share completed share of the work or the time, 0 to 1
 * @param warmup whether the run is in its warm-up
 * @param rate correct replies per second, over the last second
 * @param inFlight requests awaiting their reply
 * @param p50 median corrected latency of the last second, in nanoseconds
 * @param p99 99th percentile of it, in nanoseconds
 * @param faults the count of each fault that occurred
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
