package io.upper.live;

import io.netty.util.internal.PlatformDependent;
import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.upper.server.ServerEvents;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes one stream of what the servers do. Their threads only append events to a bounded queue,
 * without locks; when it is full, events are lost and counted. {@link #tick} empties it, on the
 * event loop of the page.
 *
 * <pre>
 *   servers' threads --> ShownConnections --> queue --- tick ---> History --> each browser
 *                    (which to show)
 * </pre>
 */
final class LiveFeed implements ServerEvents {
  private static final int QUEUE_CAPACITY = 16 * 1024;

  private final long began = System.nanoTime();
  private final Queue<LiveEvent> queue = PlatformDependent.newFixedMpscQueue(QUEUE_CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private final AtomicBoolean configured = new AtomicBoolean();
  private boolean incomplete;
  private final Lanes lanes = new Lanes(this::offer);
  private final ShownConnections connections = new ShownConnections(this::offer, lanes, began);
  private final LoopLags lags = new LoopLags();
  private final History history = new History();
  // Not in the history yet.
  private final List<LiveEvent> batch = new ArrayList<>();
  private final long holdNanos;

  /** A feed of this process. */
  LiveFeed() {
    this(0);
  }

  /**
   * @param holdNanos how long events are held back, so that those of other processes, which come
   *     later, can be put in order; 0 for this process only
   */
  LiveFeed(long holdNanos) {
    this.holdNanos = holdNanos;
  }

  /** When the feed began ({@link System#nanoTime}). */
  long began() {
    return began;
  }

  /** Time since the feed began, in nanoseconds. */
  long now() {
    return System.nanoTime() - began;
  }

  private void offer(LiveEvent event) {
    if (!queue.offer(event)) {
      lost.incrementAndGet();
    }
  }

  /** Adds a sentence: a change (c), or what was broken (!). Any thread may call. */
  void say(char kind, String text) {
    offer(LiveEvent.sentence(kind, now(), text));
  }

  /** Moves the events that came since the last tick to the history, in order of time. */
  void tick() {
    long now = now();
    // As many as there may be now: others may add without end.
    for (int left = QUEUE_CAPACITY - batch.size(); left > 0 && !queue.isEmpty(); left--) {
      batch.add(queue.poll());
    }
    batch.sort(Comparator.comparingLong(LiveEvent::at)); // Stable: a lane precedes its request.
    long until = holdNanos == 0 ? Long.MAX_VALUE : now - holdNanos;
    int due = 0;
    while (due < batch.size() && batch.get(due).at() <= until) {
      history.add(batch.get(due++));
    }
    batch.subList(0, due).clear();
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      incomplete = true;
      history.add(
          LiveEvent.sentence('!', now, missing + " events are not shown: there were too many"));
    }
    history.forget(now);
    connections.tick();
  }

  /** Ends what has been idle; called once a second. */
  void tickSecond() {
    connections.endQuietSenders();
    lanes.endIdle(connections.busyLanes(), now());
  }

  History history() {
    return history;
  }

  Lanes lanes() {
    return lanes;
  }

  ShownConnections connections() {
    return connections;
  }

  LoopLags lags() {
    return lags;
  }

  /** Whether events were lost since the last call; only on the thread of {@link #tick}. */
  boolean takeIncomplete() {
    boolean was = incomplete;
    incomplete = false;
    return was;
  }

  /** Whether the configuration has changed since the last call. */
  boolean takeConfigured() {
    return configured.getAndSet(false);
  }

  @Override
  public RequestObserver requests() {
    return connections;
  }

  @Override
  public void joined(Protocol server) {
    lags.watch(((ContextInternal) Vertx.currentContext()).nettyEventLoop());
  }

  @Override
  public void opened(String client) {
    connections.opened(client, ((ContextInternal) Vertx.currentContext()).nettyEventLoop());
  }

  @Override
  public void closed(String client, String why) {
    connections.closed(client, why);
  }

  @Override
  public void configured(String text) {
    if (text != null) { // Said already.
      say('c', text);
    }
    configured.set(true);
  }
}
