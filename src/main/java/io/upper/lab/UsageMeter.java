package io.upper.lab;

import io.upper.jvm.Daemon;
import java.time.Duration;

/** Watches what a server uses while a load is on it, from a thread of its own. */
final class UsageMeter implements AutoCloseable {
  private static final long SAMPLE_MILLIS = 100;

  private final ProcessTree server;
  private final Duration cpuBefore;
  private final Thread thread;
  private volatile long mostResident;

  private UsageMeter(ProcessTree server) {
    this.server = server;
    this.cpuBefore = server.cpu();
    this.thread = Daemon.start("upper-lab-meter", this::watch);
  }

  static UsageMeter start(ProcessTree server) {
    return new UsageMeter(server);
  }

  private void watch() throws InterruptedException {
    while (true) {
      mostResident = Math.max(mostResident, server.resident());
      Thread.sleep(SAMPLE_MILLIS);
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
