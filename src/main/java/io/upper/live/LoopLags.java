package io.upper.live;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The lag of the servers' event loops: a timer on each fires 20 times a second, and its delay is
 * the time that an arriving request would have waited. A loop that is blocked now counts with the
 * time for which its timer is overdue. Thread-safe.
 */
final class LoopLags {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Map<EventLoop, Probe> probes = new ConcurrentHashMap<>();

  private final AtomicLong reported = new AtomicLong();

  private static final class Probe implements Runnable {
    private final EventLoop loop;
    private final AtomicLong worst = new AtomicLong();
    private volatile long due;

    private Probe(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void run() {
      worst.accumulateAndGet(System.nanoTime() - due, Math::max);
      schedule();
    }

    private void schedule() {
      if (!loop.isShuttingDown()) {
        due = System.nanoTime() + PERIOD_NANOS;
        loop.schedule(this, PERIOD_NANOS, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** Watches an event loop, until it shuts down; called on it. */
  void watch(EventLoop loop) {
    Probe probe = new Probe(loop);
    if (probes.putIfAbsent(loop, probe) == null) {
      probe.schedule();
    }
  }

  /** Another process has measured a lag. */
  void report(long nanos) {
    reported.accumulateAndGet(nanos, Math::max);
  }

  /** The largest lag since the last call, in nanoseconds; 0 without event loops. */
  long takeLargest() {
    long now = System.nanoTime();
    long largest = reported.getAndSet(0);
    for (Probe probe : probes.values()) {
      largest = Math.max(largest, Math.max(probe.worst.getAndSet(0), now - probe.due));
    }
    return largest;
  }

  /** One of the event loops that servers use; null if there is none. */
  EventLoop any() {
    return probes.keySet().stream().findFirst().orElse(null);
  }
}
