package io.upper.lab;

import java.time.Duration;

/** Watches what a server uses while a load is on it, from a thread of its own. */
final class UsageMeter implements AutoCloseable {
  private static final long SAMPLE_MILLIS = 100;

  private final ProcessTree server;
  private final Duration cpuBefore;
  private final Thread thread = new Thread(this::watch, "upper-lab-meter");
  private volatile long mostResident;

  private UsageMeter(ProcessTree server) {
    this.server = server;
    this.cpuBefore = server.cpu();
  }

  static UsageMeter start(ProcessTree server) {
    UsageMeter meter = new UsageMeter(server);
    meter.thread.setDaemon(true);
    meter.thread.start();
    return meter;
  }

  private void watch() {
    try {
      while (true) {
        mostResident = Math.max(mostResident, server.resident());
        Thread.sleep(SAMPLE_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed: the thread's end.
    }
  }

  /** Processor time since the start. */
  Duration cpu() {
    return server.cpu().minus(cpuBefore);
  }

  /** The most memory seen since the start, in bytes. */
  long mostResident() {
    return mostResident;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
