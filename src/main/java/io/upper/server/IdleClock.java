package io.upper.server;

/**
 * For how long nothing has moved on a connection. It counts the looks of {@link IdleSweep}, a
 * second apart, so that a request costs no reading of a clock. Lives on the connection's event
 * loop.
 */
final class IdleClock {
  // Requests, replies, and every time that reading was resumed.
  private long moves;

  // What had moved, and what was not written yet, at the last look; and since how many looks.
  private long movesSeen = -1;
  private long unwrittenSeen;
  private int still;

  /** A request or a reply has moved. */
  void moved() {
    moves++;
  }

  /** How often something has moved: the same number twice means that nothing has meanwhile. */
  long moves() {
    return moves;
  }

  /**
   * A second is over.
   *
   * @param unwritten bytes of replies that the peer has not made room for
   */
  void tick(long unwritten) {
    still = moves == movesSeen && unwritten == unwrittenSeen ? still + 1 : 0;
    movesSeen = moves;
    unwrittenSeen = unwritten;
  }

  /** Whether nothing has moved for so long, up to a second more; never for 0. */
  boolean isStillFor(long millis) {
    return millis > 0 && still * 1_000L >= millis;
  }

  /** Whether all replies were written at the last tick. */
  boolean allWritten() {
    return unwrittenSeen == 0;
  }
}
