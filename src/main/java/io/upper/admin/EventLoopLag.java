package io.upper.admin;

import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Measures the lag of an event loop: a timer fires ten times a second, and its delay is the time
 * that an arriving request would have waited. Runs on its event loop until that shuts down.
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
    probe.schedule();
    return probe;
  }

  @Override
  public void run() {
    lag.record(System.nanoTime() - due, TimeUnit.NANOSECONDS);
    schedule();
  }

  private void schedule() {
    if (!loop.isShuttingDown()) {
      due = System.nanoTime() + PERIOD_NANOS;
      loop.schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }
  }
}
