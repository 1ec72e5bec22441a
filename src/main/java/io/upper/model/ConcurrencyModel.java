package io.upper.model;

import io.upper.job.Job;
import io.vertx.core.Future;

/**
 * Decides where and when the work on requests is done. One object serves all instances of a server,
 * so it may be called by several event loops at once.
 */
public interface ConcurrencyModel {

  /** A client has come: makes the handler of its requests. Called on the conversation's context. */
  RequestHandler handle(Conversation conversation);

  /**
   * Whether {@link RequestHandler#request} answers within the call when the request asks for {@code
   * job}. Then it is given the socket's own buffer, to change in place; otherwise a copy that it
   * may keep.
   */
  boolean answersWithinCall(Job job);

  /** Frees threads and processes, when no conversation is left. */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
