package io.upper.model;

import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import java.nio.ByteBuffer;

/**
 * The work on the requests of one conversation, the same in every model: the simulated job, then
 * the service, with hot changes and the observer. A model creates one in {@link
 * ConcurrencyModel#handle} and calls it from one thread at a time, each call happening-before the
 * next; models differ in which threads these are. Exceptions of the service pass through: the model
 * gives them to {@link Conversation#fail}.
 */
public final class Work {
  private ConfiguredService configured;
  private Service service;
  private final Conversation conversation;
  // Usually null: then the clock is not read.
  private final RequestObserver observer;
  private long started;

  public Work(Conversation conversation) {
    this.configured = conversation.service();
    this.service = configured.create();
    this.conversation = conversation;
    this.observer = conversation.observer();
  }

  /**
   * Does job and service on the calling thread, which blocks meanwhile.
   *
   * @return the reply, for {@link Conversation#reply}
   * @throws InterruptedException if the thread is interrupted, usually since the client is gone
   */
  public ByteBuffer serve(ByteBuffer request) throws InterruptedException {
    begin();
    conversation.job().run();
    return answer(request);
  }

  /**
   * Marks the start of the job, for a model that does the job itself and then calls {@link
   * #answer}.
   */
  public void begin() {
    if (observer != null) {
      started = System.nanoTime();
      observer.started(
          conversation, Thread.currentThread().getName(), conversation.arrived(), started);
    }
  }

  /** Returns the reply, after the job is done. */
  public ByteBuffer answer(ByteBuffer request) {
    int bytes = request.remaining();
    ByteBuffer reply =
        conversation.service() == configured ? reply(request) : replyOfCurrent(request);
    if (observer != null) {
      observer.served(
          conversation.client(),
          Thread.currentThread().getName(),
          bytes,
          conversation.arrived(),
          started,
          System.nanoTime());
    }
    return reply;
  }

  private ByteBuffer reply(ByteBuffer request) {
    int position = request.position();
    int limit = request.limit();
    ByteBuffer reply = service.next(request);
    // Outside are other clients' bytes.
    if (reply == request && (reply.position() < position || reply.limit() > limit)) {
      throw new IllegalStateException("the service replies with bytes outside the request");
    }
    return nonNull(reply);
  }

  /** The configuration has changed: the bytes held back by the previous service go first. */
  private ByteBuffer replyOfCurrent(ByteBuffer request) {
    boolean other = !conversation.service().equals(configured);
    configured = conversation.service();
    if (!other) {
      return reply(request);
    }
    ByteBuffer heldBack = end();
    service = configured.create();
    ByteBuffer reply = reply(request);
    return heldBack.hasRemaining()
        ? ByteBuffer.allocate(heldBack.remaining() + reply.remaining())
            .put(heldBack)
            .put(reply)
            .flip()
        : reply;
  }

  /** Returns the last bytes of the reply, at the end of the input. */
  public ByteBuffer end() {
    return nonNull(service.end());
  }

  /** Whether the service holds back bytes that {@link #end} would reply to. */
  boolean isUnfinished() {
    return nonNull(service.held()).hasRemaining();
  }

  private static ByteBuffer nonNull(ByteBuffer reply) {
    if (reply == null) {
      throw new IllegalStateException("the service returns null");
    }
    return reply;
  }
}
