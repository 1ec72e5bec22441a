package io.upper.model;

import java.nio.ByteBuffer;

/**
 * Answers the requests of one conversation. All methods are called on the conversation's context,
 * so none may block. They are called in this order:
 *
 * <pre>
 *   request*  end?  cancel?
 * </pre>
 *
 * {@link #isWaiting} may be called at any time before {@link #cancel}. An exception ends the
 * conversation as {@link Conversation#fail} does.
 */
public interface RequestHandler {

  /**
   * A request has arrived. The handler replies by {@link Conversation#reply}, then calls {@link
   * Conversation#next}, within the call or later. Until then no other request arrives.
   *
   * @param bytes the bytes of one read, cut anywhere, even inside a character. Valid only within
   *     the call if the model {@link ConcurrencyModel#answersWithinCall answers within it}, else
   *     the handler's own
   */
  void request(ByteBuffer bytes);

  /**
   * The input has ended (a half-close); the client may still read. The handler sends what is left,
   * then calls {@link Conversation#finish}. Called after {@link Conversation#next} of the last
   * request.
   */
  void end();

  /**
   * Whether the client, or its request, still waits for a thread or a process, and no work has
   * started.
   */
  default boolean isWaiting() {
    return false;
  }

  /**
   * The client is gone or given up: the handler stops its work and frees its resources. No other
   * call follows.
   */
  void cancel();
}
