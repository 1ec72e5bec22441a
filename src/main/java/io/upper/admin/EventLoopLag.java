package io.upper.admin;

import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Measures how late an event loop is: a timer fires ten times a second, and what it is late by is
 * what an arriving request would have waited. It lives as long as its event loop, on which it runs.
 */
final class EventLoopLag implements Runnable {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final EventLoop loop;
  private final Timer lag;
  private long due;

  private EventLoopLag(EventLoop loop, Timer lag) {
    this.loop = loop;
    this.lag = lag;
  }

  static EventLoopLag watch(EventLoop loop, Timer lag) {
    EventLoopLag probe = new EventLoopLag(loop, lag);
    probe.again();
    return probe;
  }

  @Override
  public void run() {
    lag.record(System.nanoTime() - due, TimeUnit.NANOSECONDS);
    again();
  }

  private void again() {
    if (!loop.isShuttingDown()) {
      due = System.nanoTime() + PERIOD_NANOS;
      loop.schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }
  }
}
