package io.upper.live;

/**
 * A request that is shown, from its first event to its last. Its fields are set in this order, each
 * by the thread that does what it says.
 */
final class ShownRequest {
  final int id;

  /** When a demonstration client sent it ({@link System#nanoTime}); 0 for other clients. */
  final long sent;

  /** When it was read; 0 before. */
  volatile long arrived;

  /** The lane that serves it; {@link Lanes#NONE} before. */
  volatile int lane;

  ShownRequest(int id, long sent) {
    this.id = id;
    this.sent = sent;
  }
}
