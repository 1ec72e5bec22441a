package io.upper.model;

import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.ByteBuffer;

/**
 * A client as a model sees it: a connection, or a datagram with its sender. Unless stated
 * otherwise, methods are called on {@link #context()}. None blocks or throws; once the client is
 * gone, those that act have no effect.
 */
public interface Conversation {

  /** The event loop that the conversation belongs to. */
  Context context();

  /** The client as logged: {@code tcp 127.0.0.1:40312}. Any thread may call. */
  String client();

  /** The job of the request in flight. Any thread that works on the request may call. */
  Job job();

  /** The service of the request in flight. Any thread that works on the request may call. */
  ConfiguredService service();

  /** The observer of its requests, or null. Any thread may call. */
  RequestObserver observer();

  /**
   * When the request in flight was read ({@link System#nanoTime}); set only if there is an {@link
   * #observer}. Any thread that works on the request may call.
   */
  long arrived();

  /** Names the job node that served the request in flight, for the access log. */
  default void servedBy(String node) {}

  /** Sends bytes to the client, after those sent before. The conversation takes over the buffer. */
  void reply(ByteBuffer bytes);

  /**
   * Completes when the socket has taken all replies; fails if they cannot be sent. Only for models
   * that wait for their clients: a future per reply would cost as much as the reply.
   */
  Future<Void> sent();

  /**
   * Says that the next request may be delivered. A model that asks before the last one is answered,
   * as {@code process-per-connection} does, keeps the order itself. The next handler call, such as
   * {@link RequestHandler#end}, may come before this returns.
   */
  void next();

  /** Ends the conversation after {@link RequestHandler#end}, when everything is answered. */
  void finish();

  /**
   * Ends the conversation because its work failed; the log says why. A connection still sends the
   * replies before; a datagram gets none.
   */
  void fail(Throwable cause);
}
