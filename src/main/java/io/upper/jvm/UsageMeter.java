package io.upper.jvm;

import java.time.Duration;

/** Watches what processes use while they work, from a thread of its own. Thread-safe. */
public final class UsageMeter implements AutoCloseable {
  private final ProcessTree processes;
  private final Duration cpuBefore;
  private final Thread thread;
  private Duration mostCpu;
  private volatile long mostResident;

  private UsageMeter(ProcessTree processes, Duration interval) {
    this.processes = processes;
    this.cpuBefore = processes.cpu();
    this.mostCpu = cpuBefore;
    this.thread = Daemon.start("upper-meter", () -> watch(interval));
  }

  /**
   * Starts to watch.
   *
   * @param interval between two samples: a shorter peak of memory is not seen
   */
  public static UsageMeter start(ProcessTree processes, Duration interval) {
    return new UsageMeter(processes, interval);
  }

  private void watch(Duration interval) throws InterruptedException {
    while (true) {
      mostResident = Math.max(mostResident, processes.resident());
      sampleCpu();
      Thread.sleep(interval.toMillis());
    }
  }

  /** Of processes that have ended nothing can be read any more. */
  private synchronized Duration sampleCpu() {
    Duration cpu = processes.cpu();
    mostCpu = cpu.compareTo(mostCpu) > 0 ? cpu : mostCpu;
    return mostCpu;
  }

  /** Processor time since the start; the most that was seen. */
  public Duration cpu() {
    return sampleCpu().minus(cpuBefore);
  }

  /** The most memory seen since the start, in bytes; 0 where it is unknown. */
  public long mostResident() {
    return mostResident;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
