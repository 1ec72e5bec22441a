package io.upper.server;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * The drain of a session when the server stops. Once the connection has been quiet for a while,
 * everything the client had sent has arrived and was answered, and the session ends. A client that
 * keeps sending is never quiet, so near the end of the drain timeout its next reply is its last.
 * Runs on the connection's event loop.
 */
final class Drain {
  // More than the 200 ms after which TCP probes a zero window (RFC 9293, 3.8.6.1).
  private static final long QUIET_MILLIS = 300;

  // The share of the drain timeout in which a client may send more requests.
  private static final int LAST_CALL_PERCENT = 75;

  private static final long NONE = -1;

  private final Vertx vertx;
  private final Session session;
  private final IdleClock clock;
  private final ReplyWriter replies;
  private final long lastCall;
  private long quiet = NONE;

  /**
   * Starts the drain.
   *
   * @param timeout limit of the whole drain
   * @param clock tells whether the connection is quiet
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

  /** No request is in flight: ends the session unless one arrives soon. */
  void awaitQuiet() {
    if (quiet == NONE) {
      int before = clock.activity();
      quiet = vertx.setTimer(QUIET_MILLIS, id -> endIfQuietSince(before));
    }
  }

  private void endIfQuietSince(int before) {
    quiet = NONE;
    if (session.isInFlight()) {
      return; // Its reply comes first.
    }
    // While the client does not read, its requests are not read either.
    if (clock.activity() != before || replies.isFull()) {
      awaitQuiet();
    } else {
      session.endRequests("drained");
    }
  }

  private void lastCall() {
    if (session.isInFlight()) {
      session.become(SessionState.LAST_CALL);
    } else {
      session.endRequests("drained");
    }
  }

  /** Cancels the timers. */
  void cancel() {
    vertx.cancelTimer(lastCall);
    vertx.cancelTimer(quiet);
  }
}
