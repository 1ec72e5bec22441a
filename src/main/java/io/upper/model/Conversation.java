package io.upper.model;

import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.ByteBuffer;

/**
 * What a model sees of a client: a connection, or a datagram with its sender. Its methods are
 * called on {@link #context()}, but where they say otherwise; none blocks or throws, and once the
 * client is gone those that act do nothing.
 */
public interface Conversation {

  /** The event loop that the conversation belongs to. */
  Context context();

  /** Who the client is, for the log: {@code tcp 127.0.0.1:40312}. Any thread may ask. */
  String client();

  /** The job of the request at work. Any thread that the request was handed to may ask. */
  Job job();

  /** The service of the request at work. Any thread that the request was handed to may ask. */
  ConfiguredService service();

  /** Who wants to know of every request served; null for nobody. Any thread may ask. */
  RequestObserver observer();

  /**
   * When the request at work was read ({@link System#nanoTime}); told only if there is an {@link
   * #observer}. Any thread that the request was handed to may ask.
   */
  long arrived();

  /**
   * Sends bytes to the client, after those sent before. They are the conversation's from now on.
   */
  void reply(ByteBuffer bytes);

  /**
   * Completes when all replies are on their way, fails when they cannot be sent. Only a model that
   * waits for its clients asks: a future for every reply would cost as much as the reply.
   */
  Future<Void> sent();

  /**
   * Asks for the next request, once the last one is answered. What follows, {@link
   * RequestHandler#end} say, may be called before this returns.
   */
  void next();

  /** Says that all is answered, after {@link RequestHandler#end}. */
  void finish();

  /**
   * Ends the conversation because its work failed: a line in the log says why; of a connection what
   * was replied before is still sent, of a datagram there is no reply.
   */
  void fail(Throwable cause);
}
