package io.upper.model;

import io.upper.config.ModelSettings;
import io.upper.job.Job;
import io.upper.model.Parallelism.Worker;
import java.nio.ByteBuffer;

/**
 * The event loop itself does the work and is blocked meanwhile: one request after the other, for
 * all clients.
 *
 * <p><b>When to choose it:</b> when the work takes less time than passing it to another thread.
 * <b>Its limit:</b> while one client is served all others of the same event loop wait; ten clients
 * with a job of a second each wait up to ten seconds. More {@code instances} are more event loops.
 *
 * <p>The event loop's timers are blocked too: when the server stops, all waiting jobs are done,
 * even if that takes longer than {@code drainSeconds}.
 *
 * <p><b>Python:</b> the iterative servers (UDP and TCP, plain and SocketServer); and those with
 * select, selectors, asyncore and twisted, whose job blocks their loop as well: they keep many
 * connections open, but serve one request at a time.
 */
public final class IterativeModel implements ConcurrencyModel {

  @Override
  public RequestHandler handle(Conversation conversation) {
    return new Handler(conversation, new Work(conversation));
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return true;
  }

  private record Handler(Conversation conversation, Work work) implements RequestHandler {

    @Override
    public void request(ByteBuffer bytes) {
      try {
        // The only place in the project that may block an event loop: that is the lesson.
        conversation.reply(work.serve(bytes));
        conversation.next();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
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
      // Nothing is in flight between two calls.
    }
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    @Override
    public String word() {
      return "iterative";
    }

    @Override
    public String sentence() {
      return "on the event loop, which is blocked meanwhile";
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(1, Worker.EVENT_LOOP, false);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new IterativeModel();
    }
  }
}
