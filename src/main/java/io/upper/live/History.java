package io.upper.live;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of the last minute, at most {@value #CAPACITY}; the oldest go first. Each has a
 * sequence number, by which each browser knows where it is: so a browser that does not read costs
 * no memory. Used on one event loop.
 */
final class History {
  static final int CAPACITY = 20_000;
  static final long KEPT_NANOS = 60_000_000_000L;

  private final LiveEvent[] ring = new LiveEvent[CAPACITY];
  private long oldest;
  private long next;

  void add(LiveEvent event) {
    if (next - oldest == CAPACITY) {
      oldest++;
    }
    ring[(int) (next++ % CAPACITY)] = event;
  }

  /** Forgets what is older than {@link #KEPT_NANOS}. */
  void forget(long now) {
    while (oldest < next && now - get(oldest).at() > KEPT_NANOS) {
      ring[(int) (oldest++ % CAPACITY)] = null;
    }
  }

  /** Sequence number of the oldest event kept. */
  long oldest() {
    return oldest;
  }

  /** When the oldest event kept was; the end of time if there is none. */
  long began() {
    return oldest == next ? Long.MAX_VALUE : get(oldest).at();
  }

  /** Sequence number of the next event. */
  long next() {
    return next;
  }

  /**
   * @param sequence from {@link #oldest} to before {@link #next}
   */
  LiveEvent get(long sequence) {
    return ring[(int) (sequence % CAPACITY)];
  }

  /** All events kept, the oldest first. */
  List<LiveEvent> all() {
    List<LiveEvent> all = new ArrayList<>((int) (next - oldest));
    for (long sequence = oldest; sequence < next; sequence++) {
      all.add(get(sequence));
    }
    return all;
  }
}
