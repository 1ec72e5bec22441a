package io.upper.model;

import io.upper.config.ModelSettings;
import io.upper.job.Job;
import io.upper.model.Parallelism.Worker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;

/**
 * The event loop answers but never blocks: a timer replaces a job that sleeps, and a job that
 * computes is cut into slices of a millisecond, between which the event loop serves others.
 *
 * <p><b>When to choose it:</b> whenever the work can be done without blocking: one thread serves
 * any number of clients. <b>Its limit:</b> an event loop uses one processor, so it interleaves
 * computations but does not speed them up. More {@code instances} are more event loops.
 *
 * <p><b>Python:</b> asyncio's protocols, over UDP and TCP.
 */
public final class EventLoopModel implements ConcurrencyModel {
  private static final int SLICE_MILLIS = 1;

  @Override
  public RequestHandler handle(Conversation conversation) {
    return new Handler(conversation);
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return job.kind() == Job.Kind.NONE;
  }

  private static final class Handler implements RequestHandler {
    private final Conversation conversation;
    private final Work work;
    private long timer = -1;
    private boolean cancelled;

    Handler(Conversation conversation) {
      this.conversation = conversation;
      this.work = new Work(conversation);
    }

    @Override
    public void request(ByteBuffer bytes) {
      work.begin();
      Job job = conversation.job();
      switch (job.kind()) {
        case NONE -> answer(bytes);
        case SLEEP -> timer = vertx().setTimer(job.millis(), id -> answer(bytes));
        case SPIN -> spin(bytes, job.millis());
      }
    }

    private void spin(ByteBuffer bytes, int millis) {
      if (cancelled) {
        return;
      }
      if (millis <= 0) {
        answer(bytes);
        return;
      }
      Job.spin(SLICE_MILLIS);
      context().runOnContext(v -> spin(bytes, millis - SLICE_MILLIS));
    }

    private void answer(ByteBuffer bytes) {
      try {
        conversation.reply(work.answer(bytes));
        conversation.next();
      } catch (Throwable e) { // Other languages throw checked exceptions undeclared.
        conversation.fail(e);
      }
    }

    @Override
    public void end() {
      conversation.reply(work.end());
      conversation.finish();
    }

    @Override
    public void cancel() {
      cancelled = true;
      vertx().cancelTimer(timer);
    }

    private Context context() {
      return conversation.context();
    }

    private Vertx vertx() {
      return context().owner();
    }
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    @Override
    public String word() {
      return "event-loop";
    }

    @Override
    public String sentence() {
      return "on the event loop, which is never blocked: a timer replaces the sleep";
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(Parallelism.UNLIMITED, Worker.EVENT_LOOP, false);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new EventLoopModel();
    }
  }
}
