package io.upper.server;

/**
 * Measures how long a connection has been idle. It counts the ticks of {@link SessionSweep}, a
 * second apart, so that a request never reads the clock. Runs on the connection's event loop.
 */
final class IdleClock {
  // Requests, replies, and resumed reads; may overflow, since only changes count.
  private int activity;

  private int lastActivity = -1;
  private long lastUnwritten;
  private int idleTicks;

  void recordActivity() {
    activity++;
  }

  /** A counter: the same value twice means no activity in between. */
  int activity() {
    return activity;
  }

  /**
   * Counts a second.
   *
   * @param unwritten bytes of replies that the socket has not taken yet
   */
  void tick(long unwritten) {
    idleTicks = activity == lastActivity && unwritten == lastUnwritten ? idleTicks + 1 : 0;
    lastActivity = activity;
    lastUnwritten = unwritten;
  }

  /** Whether it has been idle for that long, up to a second more; never for 0. */
  boolean isIdleFor(long millis) {
    return millis > 0 && idleTicks * 1_000L >= millis;
  }

  /** Whether all replies were written at the last tick. */
  boolean allWritten() {
    return lastUnwritten == 0;
  }
}
