package io.upper.model;

import java.nio.ByteBuffer;

/**
 * Answers the requests of one conversation. All methods are called on the conversation's context,
 * so none may block, in this order:
 *
 * <pre>
 *   request*  end?  cancel?
 * </pre>
 *
 * {@link #isWaiting} may come between any two of them, up to {@link #cancel}. What a method throws
 * ends the conversation with a line in the log, as {@link Conversation#fail} does.
 */
public interface RequestHandler {

  /**
   * A request has come. The handler answers by {@link Conversation#reply}, then asks for more by
   * {@link Conversation#next}: within the call or later. Until then no other request comes.
   *
   * @param bytes what the client sent, as much as one read brought: it may be cut anywhere, even
   *     inside a character. Valid only within the call if the model {@link
   *     ConcurrencyModel#answersWithinCall answers within it}, else the handler's own
   */
  void request(ByteBuffer bytes);

  /**
   * The client has nothing more to say (it may still be listening). The handler answers what is
   * left, then calls {@link Conversation#finish}. Comes after the last request was answered.
   */
  void end();

  /**
   * Whether the client, or its request, still waits for a thread or a process: nobody has begun to
   * work for it.
   */
  default boolean isWaiting() {
    return false;
  }

  /**
   * The client is gone, or is to go: the handler stops its work and frees what it holds. No other
   * call follows.
   */
  void cancel();
}
