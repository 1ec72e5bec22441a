package io.upper.live;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Chooses which of many are shown: above {@value #PER_SECOND} a second only one of N. {@link #tick}
 * is called on one thread, the others on any.
 */
final class Sampling {
  static final int PER_SECOND = 250;

  // In one tick a burst of so many is shown whole.
  static final int BURST = 250;

  private static final double NANOS_PER_SECOND = 1e9;

  private final AtomicLong seen = new AtomicLong();
  private final AtomicLong shown = new AtomicLong();
  private volatile int every = 1;
  private volatile int ratio = 1;

  private long seenAtTick;
  private long seenAtSecond;
  private long shownAtSecond;
  private long lastTick;
  private long lastSecond;

  Sampling(long now) {
    lastTick = now;
    lastSecond = now;
  }

  /** Counts one; returns whether it belongs to the sample, and so is shown unless {@link #skip}. */
  boolean shows() {
    boolean chosen = seen.getAndIncrement() % every == 0;
    if (chosen) {
      shown.incrementAndGet();
    }
    return chosen;
  }

  /** One of the sample is not shown for another reason. */
  void skip() {
    shown.decrementAndGet();
  }

  /** How many there were. */
  long seen() {
    return seen.get();
  }

  /** Of how many one was shown in the last second. */
  int ratio() {
    return ratio;
  }

  /** Adapts to the rate: at once if it rises, each second if it falls. */
  void tick(long now) {
    long all = seen.get();
    long burst = all - seenAtTick;
    if (burst > BURST) {
      every = Math.max(every, needed(burst, now - lastTick));
      ratio = Math.max(ratio, every);
    }
    seenAtTick = all;
    lastTick = now;
    if (now - lastSecond >= NANOS_PER_SECOND) {
      every = needed(all - seenAtSecond, now - lastSecond);
      long some = shown.get() - shownAtSecond;
      ratio =
          some == 0 ? every : (int) Math.max(1, Math.round((double) (all - seenAtSecond) / some));
      seenAtSecond = all;
      shownAtSecond = shown.get();
      lastSecond = now;
    }
  }

  private static int needed(long count, long nanos) {
    return (int) Math.max(1, Math.ceil(count * NANOS_PER_SECOND / Math.max(1, nanos) / PER_SECOND));
  }
}
