package io.upper.model;

import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import java.nio.ByteBuffer;

/**
 * The work that one conversation asks for, the same in every model: the simulated job, then the
 * service, with its changes and its observer. A model makes one in {@link ConcurrencyModel#handle},
 * and calls it from one thread at a time, each of which sees what the one before has written; which
 * threads these are is what the models differ in. What the service throws comes through: the model
 * passes it to {@link Conversation#fail}.
 */
public final class Work {
  private ConfiguredService configured;
  private Service service;
  private final Conversation conversation;
  // Null when nobody wants to know, as is usual: then no clock is read.
  private final RequestObserver observer;
  private long started;

  public Work(Conversation conversation) {
    this.configured = conversation.service();
    this.service = configured.create();
    this.conversation = conversation;
    this.observer = conversation.observer();
  }

  /**
   * Does the whole work on the calling thread, which it blocks meanwhile.
   *
   * @return the reply, for {@link Conversation#reply}
   * @throws InterruptedException when the thread is interrupted, as when the client is gone
   */
  public ByteBuffer serve(ByteBuffer request) throws InterruptedException {
    begin();
    conversation.job().run();
    return answer(request);
  }

  /**
   * Says that the job begins, for a model that does the job itself and then calls {@link #answer}.
   */
  public void begin() {
    if (observer != null) {
      started = System.nanoTime();
    }
  }

  /** Makes the reply, when the job has been done already. */
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
    // What lies outside are other clients' bytes.
    if (reply == request && (reply.position() < position || reply.limit() > limit)) {
      throw new IllegalStateException("the service replies with bytes that it was not given");
    }
    return nonNull(reply);
  }

  /** The configuration has changed: what the service before held back goes first. */
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

  /** What is left to answer at the end of the input: an unfinished message, or nothing. */
  public ByteBuffer end() {
    return nonNull(service.end());
  }

  /** Whether the service holds something back that {@link #end} replies to. */
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
