package io.upper.model;

import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.nio.ByteBuffer;

/**
 * The work that one conversation asks for, the same in every model: the simulated job, then the
 * uppercase. Used by one thread at a time; which one is what the models differ in.
 */
final class Work {
  private TextCharset charset;
  private Uppercase text;
  private final Conversation conversation;
  // Null when nobody wants to know, as is usual: then no clock is read.
  private final RequestObserver observer;
  private long started;

  Work(Conversation conversation) {
    this.charset = conversation.charset();
    this.text = Uppercase.of(charset);
    this.conversation = conversation;
    this.observer = conversation.observer();
  }

  /** Does the whole work on the calling thread, which it blocks meanwhile. */
  ByteBuffer serve(ByteBuffer request) throws InterruptedException {
    begin();
    conversation.job().run();
    return answer(request);
  }

  /** The job begins, which the caller sees to. */
  void begin() {
    if (observer != null) {
      started = System.nanoTime();
    }
  }

  /** Makes the reply, when the job has been done already. */
  ByteBuffer answer(ByteBuffer request) {
    int bytes = request.remaining();
    ByteBuffer reply = uppercase(request);
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

  private ByteBuffer uppercase(ByteBuffer request) {
    return conversation.charset() == charset ? text.next(request) : uppercaseAnew(request);
  }

  /** The charset has changed: what the one before held back goes first. */
  private ByteBuffer uppercaseAnew(ByteBuffer request) {
    ByteBuffer heldBack = text.end();
    charset = conversation.charset();
    text = Uppercase.of(charset);
    ByteBuffer reply = text.next(request);
    return heldBack.hasRemaining()
        ? ByteBuffer.allocate(heldBack.remaining() + reply.remaining())
            .put(heldBack)
            .put(reply)
            .flip()
        : reply;
  }

  /** What is left to answer at the end of the input: the beginning of a character, or nothing. */
  ByteBuffer end() {
    return text.end();
  }
}
