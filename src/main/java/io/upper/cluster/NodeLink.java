package io.upper.cluster;

import io.vertx.core.eventbus.MessageProducer;

/**
 * A node as a gateway knows it. Used on the gateway's context only.
 *
 * <pre>
 *   KNOWN -- challenge --> CHALLENGED -- right answer --> TRUSTED
 *                              |  ^
 *                 wrong answer |  | challenged again after a while
 *                              v  |
 *                            REFUSED
 * </pre>
 */
final class NodeLink {
  /** Jobs that a node may have in flight for one gateway, for each of its workers. */
  private static final int CREDITS_PER_WORKER = 2;

  enum State {
    KNOWN,
    CHALLENGED,
    TRUSTED,
    REFUSED
  }

  final MessageProducer<Object> bus;
  final boolean local;
  State state = State.KNOWN;
  String number;
  byte[] token;
  Heartbeat last;

  /** When the last heartbeat and the last challenge were ({@link System#nanoTime}). */
  long heardNanos;

  long challengedNanos;

  /** Whether its heartbeat is missing. */
  boolean silent;

  /** Whether a job could not be written since the last heartbeat. */
  boolean unreachable;

  int inFlight;
  private int ofOthers;

  /**
   * @param local whether it is in this process, so that it leaves last
   */
  NodeLink(MessageProducer<Object> bus, boolean local) {
    this.bus = bus;
    this.local = local;
  }

  void heard(Heartbeat heartbeat, long now) {
    last = heartbeat;
    heardNanos = now;
    unreachable = false;
    ofOthers = Math.max(0, heartbeat.load() - inFlight);
  }

  String name() {
    return last.name();
  }

  /** Whether it gets jobs. */
  boolean isUsable() {
    return state == State.TRUSTED && !silent && !unreachable && (local || !last.leaving());
  }

  /** Whether it gets one more job now. */
  boolean hasCredit() {
    return isUsable() && inFlight < CREDITS_PER_WORKER * last.workers();
  }

  /** Jobs for each of its workers, those of other gateways included. */
  double load() {
    return (inFlight + ofOthers) / (double) last.workers();
  }
}
