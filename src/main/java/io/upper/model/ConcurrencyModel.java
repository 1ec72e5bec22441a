package io.upper.model;

import io.upper.job.Job;
import io.vertx.core.Future;

/**
 * Decides where and when the work on requests is done. A {@link ModelFactory} makes one for each
 * server; it serves all instances, so several event loops call it at once.
 *
 * <p>No method may block its event loop (only {@link IterativeModel} does, as its lesson). An
 * exception closes the conversation that the method was called for, or drops the datagram, with a
 * line in the log; it never affects the server. A model reports exceptions in its own tasks by
 * {@link Conversation#fail}; nothing else would.
 */
public interface ConcurrencyModel {

  /**
   * Creates the handler for a new conversation. Called once, on its context, before anything else.
   *
   * @return never null
   */
  RequestHandler handle(Conversation conversation);

  /**
   * Whether {@link RequestHandler#request} replies within the call for a request with {@code job}.
   * If so it gets the socket's own buffer, to change in place, otherwise a copy that it may keep.
   * Called for each request, on the conversation's context.
   */
  boolean answersWithinCall(Job job);

  /**
   * Frees threads and processes. Called once, on any thread, when no conversation is left or the
   * drain timeout has passed.
   *
   * @return completes when all is freed; a failure is logged
   */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
