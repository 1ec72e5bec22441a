package io.upper.server;

/**
 * The states of a session, in order: it may skip some, but never goes back.
 *
 * <pre>
 *                 client half-closed
 *   OPEN ----------------------------------> ENDING --------> CLOSING -------> LINGERING ---> CLOSED
 *    |                                        ^  ^    all            the client
 *    | server stops          quiet            |  |    answered       still sends
 *    +-----------------> DRAINING ------------+  |
 *                           | time is short      | last reply
 *                           +----> LAST_CALL ----+
 * </pre>
 *
 * At any time a request may fail or the client time out (to CLOSING), or the connection break (to
 * CLOSED). The legal transitions:
 *
 * <pre>
 *   from \ to   DRAINING  LAST_CALL  ENDING  CLOSING  LINGERING  CLOSED
 *   OPEN           x                    x       x                   x
 *   DRAINING                  x         x       x                   x
 *   LAST_CALL                           x       x                   x
 *   ENDING                                      x                   x
 *   CLOSING                                               x         x
 *   LINGERING                                                       x
 * </pre>
 */
enum SessionState {
  /** Requests are served. */
  OPEN,
  /** The server stops: requests are served until the connection is quiet. */
  DRAINING,
  /** The drain timeout is near: the request in flight is the last one. */
  LAST_CALL,
  /** No more requests: the handler sends what is left. */
  ENDING,
  /** No more replies: the last ones are being written. */
  CLOSING,
  /** The output is shut down, the input is still open: see {@link LingeringClose}. */
  LINGERING,
  /** The socket is closed. */
  CLOSED;

  /** Whether the session may change from this state to {@code next}. */
  boolean leadsTo(SessionState next) {
    return switch (next) {
      case OPEN -> false;
      case DRAINING -> this == OPEN;
      case LAST_CALL -> this == DRAINING;
      case ENDING -> expectsRequests();
      case CLOSING -> expectsReplies();
      case LINGERING -> this == CLOSING;
      case CLOSED -> this != CLOSED;
    };
  }

  /** Whether the client may still send requests. */
  boolean expectsRequests() {
    return ordinal() < ENDING.ordinal();
  }

  /** Whether the model may still reply. */
  boolean expectsReplies() {
    return ordinal() < CLOSING.ordinal();
  }

  /**
   * Whether the client is the one to act, by sending or by reading its replies.
   *
   * @param inFlight whether a request is in flight
   * @param allWritten whether the socket has taken all replies
   */
  boolean awaitsClient(boolean inFlight, boolean allWritten) {
    return switch (this) {
      case OPEN, DRAINING, LAST_CALL -> !inFlight || !allWritten;
      case ENDING -> !allWritten;
      case CLOSING -> true;
      case LINGERING, CLOSED -> false;
    };
  }
}
