package io.upper.server;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * The drain of a session, when the server stops. Once the connection has been quiet for a while,
 * all that the client had sent before has arrived, and was answered: then the session ends. A
 * client that goes on asking is never quiet; so when the time is nearly over, its next reply is its
 * last. Lives on the connection's event loop.
 */
final class Drain {
  // More than the 200 ms after which TCP tries again to send into a window that was closed
  // (RFC 9293, 3.8.6.1).
  private static final long QUIET_MILLIS = 300;

  // What share of the drain's time a client may go on asking.
  private static final int LAST_CALL_PERCENT = 75;

  private static final long NONE = -1;

  private final Vertx vertx;
  private final Session session;
  private final IdleClock clock;
  private final ReplyWriter replies;
  private final long lastCall;
  private long quiet = NONE;

  /**
   * Begins to drain.
   *
   * @param timeout how long it may take
   * @param clock knows whether anything has moved
   */
  Drain(Session session, Duration timeout, IdleClock clock, ReplyWriter replies) {
    this.vertx = session.context().owner();
    this.session = session;
    this.clock = clock;
    this.replies = replies;
    long millis = Math.max(1, timeout.toMillis() * LAST_CALL_PERCENT / 100);
    this.lastCall = vertx.setTimer(millis, id -> lastCall());
    if (!session.isInFlight()) {
      awaitQuiet();
    }
  }

  /** No request is in flight: ends the session, unless one comes soon. */
  void awaitQuiet() {
    if (quiet == NONE) {
      long before = clock.moves();
      quiet = vertx.setTimer(QUIET_MILLIS, id -> endIfQuietSince(before));
    }
  }

  private void endIfQuietSince(long before) {
    quiet = NONE;
    if (session.isInFlight()) {
      return; // Its reply comes first.
    }
    // While the client does not read, what it has sent is not read, either.
    if (clock.moves() != before || replies.areFull()) {
      awaitQuiet();
    } else {
      session.end("drained");
    }
  }

  private void lastCall() {
    if (session.isInFlight()) {
      session.become(SessionState.LAST_CALL);
    } else {
      session.end("drained");
    }
  }

  /** Calls nothing from now on. */
  void cancel() {
    vertx.cancelTimer(lastCall);
    vertx.cancelTimer(quiet);
  }
}
