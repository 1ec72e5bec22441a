package io.upper.server;

/**
 * The states of a session, in the order in which it goes through them: it may skip some, but never
 * goes back.
 *
 * <pre>
 *                 the client has ended
 *   OPEN ----------------------------------> ENDING --------> CLOSING -------> LINGERING ---> CLOSED
 *    |                                        ^  ^    all            the client
 *    | the server stops      quiet            |  |    answered       still sends
 *    +-----------------> DRAINING ------------+  |
 *                           | time is short      | last reply
 *                           +----> LAST_CALL ----+
 * </pre>
 *
 * The work may fail and the client may stay idle (to CLOSING), the connection may be lost (to
 * CLOSED) at any time. So these are the transitions:
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
  /** The server stops: requests are served until the client is quiet. */
  DRAINING,
  /** The drain's time is nearly over: the request in flight is the last one. */
  LAST_CALL,
  /** No more requests: the handler answers what is left. */
  ENDING,
  /** No more replies: the last ones are being written. */
  CLOSING,
  /** The output is shut down, the input not yet: see {@link LingeringClose}. */
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

  /** Whether the client may still ask. */
  boolean expectsRequests() {
    return ordinal() < ENDING.ordinal();
  }

  /** Whether the model may still reply. */
  boolean expectsReplies() {
    return ordinal() < CLOSING.ordinal();
  }

  /**
   * Whether the client is to do something: to send, or to read its replies. While there is work to
   * do, the server is.
   *
   * @param inFlight whether there is a request at work
   * @param allWritten whether the client has read its replies, or its system will
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
