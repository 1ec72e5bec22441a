package io.upper.model;

import io.upper.job.Job;
import io.vertx.core.Future;

/**
 * Decides where and when the work on requests is done. A {@link ModelFactory} makes one for each
 * server; it serves all instances, so several event loops call it at once.
 *
 * <p>No method may block: its event loop serves others meanwhile (only {@link IterativeModel} does,
 * as its lesson). What a method throws costs the conversation it was called for, which is closed (a
 * datagram is dropped) with a line in the log; never the server. What a model throws in tasks of
 * its own nobody sees: it reports that by {@link Conversation#fail}.
 */
public interface ConcurrencyModel {

  /**
   * A client has come: makes the handler of its requests. Called on the conversation's context,
   * once, before anything else happens to the conversation.
   *
   * @return never null
   */
  RequestHandler handle(Conversation conversation);

  /**
   * Whether {@link RequestHandler#request} answers within the call when the request asks for {@code
   * job}. Then it is given the socket's own buffer, to change in place; otherwise a copy that it
   * may keep. Called for each request, on the conversation's context.
   */
  boolean answersWithinCall(Job job);

  /**
   * Frees threads and processes; called once, by any thread, when no conversation is left or the
   * server has waited long enough for those that are.
   *
   * @return completes when all is freed; a failure is logged
   */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
