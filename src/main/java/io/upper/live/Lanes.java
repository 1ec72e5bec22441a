package io.upper.live;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The workers that serve. A lane appears when its worker first begins a request, and ends with its
 * process, or when it has been idle for a while: of a thread nobody hears when it ends. An event
 * loop that returns keeps its number, and so its colour. Thread-safe.
 */
final class Lanes {
  static final int MAX = 1_000;
  static final long IDLE_THREAD_NANOS = 5_000_000_000L;
  static final long IDLE_LOOP_NANOS = 20_000_000_000L;

  /** The lane of workers beyond {@value #MAX}, which are not shown. */
  static final int NONE = 0;

  private final Consumer<LiveEvent> events;
  private final Map<String, Used> lanes = new ConcurrentHashMap<>();
  private final Map<String, Integer> loops = new ConcurrentHashMap<>();
  private final AtomicInteger last = new AtomicInteger();

  private static final class Used {
    private final Lane lane;
    private final long appeared;
    private volatile long lastUsed;

    private Used(Lane lane, long appeared) {
      this.lane = lane;
      this.appeared = appeared;
    }
  }

  /**
   * @param events receives each lane that appears or ends; on any thread
   */
  Lanes(Consumer<LiveEvent> events) {
    this.events = events;
  }

  /** The number of a worker, which is used now; {@link #NONE} if there are too many. */
  int use(String worker, long now) {
    Used used = lanes.get(worker);
    if (used == null) {
      if (lanes.size() >= MAX) {
        return NONE;
      }
      used = lanes.computeIfAbsent(worker, name -> appear(name, now));
    }
    used.lastUsed = now;
    return used.lane.id();
  }

  private Used appear(String worker, long now) {
    Lane.Kind kind = Lane.kind(worker);
    int id =
        kind == Lane.Kind.LOOP
            ? loops.computeIfAbsent(worker, name -> last.incrementAndGet())
            : last.incrementAndGet();
    Lane lane = new Lane(id, worker, kind);
    events.accept(LiveEvent.lane(now, lane));
    return new Used(lane, now);
  }

  /** A worker has ended; no effect if it is not shown. */
  void ended(String worker, String why, long now) {
    Used used = lanes.remove(worker);
    if (used != null) {
      events.accept(LiveEvent.laneEnded(now, used.lane, why));
    }
  }

  /**
   * Ends the lanes of threads that have been idle for a while.
   *
   * @param busy the lanes on which a request is being served
   */
  void endIdle(Set<Integer> busy, long now) {
    for (Used used : lanes.values()) {
      long limit =
          switch (used.lane.kind()) {
            case LOOP -> IDLE_LOOP_NANOS;
            case THREAD -> IDLE_THREAD_NANOS;
            case PROCESS, SERVER -> Long.MAX_VALUE;
          };
      if (now - used.lastUsed > limit && !busy.contains(used.lane.id())) {
        ended(used.lane.name(), "idle", now);
      }
    }
  }

  /** The lanes there are, by number. */
  List<Lane> all() {
    return appearedBefore(Long.MAX_VALUE);
  }

  /** Those that appeared before a time. */
  List<Lane> appearedBefore(long at) {
    return lanes.values().stream()
        .filter(used -> used.appeared < at)
        .map(used -> used.lane)
        .sorted(Comparator.comparingInt(Lane::id))
        .toList();
  }
}
