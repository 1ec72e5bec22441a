package org.example.reverse;

import io.upper.config.ModelSettings;
import io.upper.config.Setting;
import io.upper.job.Job;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.ModelFactory;
import io.upper.model.Parallelism;
import io.upper.model.Parallelism.Worker;
import io.upper.model.RequestHandler;
import io.upper.model.Work;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Each worker thread has its own queue, and each connection (or datagram) belongs to one worker
 * until it ends; workers are assigned in turn.
 *
 * <p><b>When to choose it:</b> when a connection's work should stay on one thread: what that thread
 * holds (a database session, a cache) needs no lock. <b>Its limit:</b> a client queued behind a
 * slow one waits even while other workers are idle; with one queue for all workers, as in {@code
 * worker-pool}, it does not. {@code upper lab} shows both side by side.
 */
public final class QueuePerWorkerModel implements ConcurrencyModel {
  private final List<ThreadPoolExecutor> workers;
  private final AtomicInteger conversations = new AtomicInteger();

  /**
   * @param workers threads, at least 1
   * @param maxWaiting how many requests may wait for one of them
   */
  private QueuePerWorkerModel(int workers, int maxWaiting) {
    this.workers =
        IntStream.rangeClosed(1, workers).mapToObj(number -> worker(number, maxWaiting)).toList();
  }

  private static ThreadPoolExecutor worker(int number, int maxWaiting) {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(maxWaiting),
        task -> {
          Thread thread = new Thread(task, "queue-worker-" + number);
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public RequestHandler handle(Conversation conversation) {
    int worker = Math.floorMod(conversations.getAndIncrement(), workers.size());
    return new Handler(conversation, workers.get(worker));
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return false;
  }

  @Override
  public Future<Void> close() {
    workers.forEach(ThreadPoolExecutor::shutdownNow);
    return Future.succeededFuture();
  }

  private static final class Handler implements RequestHandler {
    private final Conversation conversation;
    private final ThreadPoolExecutor worker;
    private final Work work;
    private FutureTask<?> task;
    private volatile boolean waiting;

    Handler(Conversation conversation, ThreadPoolExecutor worker) {
      this.conversation = conversation;
      this.worker = worker;
      this.work = new Work(conversation);
    }

    @Override
    public void request(ByteBuffer bytes) {
      enqueue(() -> work.serve(bytes), conversation::next);
    }

    @Override
    public void end() {
      enqueue(work::end, conversation::finish);
    }

    private void enqueue(Callable<ByteBuffer> reply, Runnable then) {
      task = new FutureTask<>(() -> serve(reply, then), null);
      waiting = true;
      worker.execute(task);
    }

    /** Runs on the worker; the conversation's methods are called on its event loop. */
    private void serve(Callable<ByteBuffer> reply, Runnable then) {
      waiting = false;
      try {
        ByteBuffer bytes = reply.call();
        onContext(
            () -> {
              conversation.reply(bytes);
              then.run();
            });
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // The client is gone.
      } catch (Exception | Error e) {
        onContext(() -> conversation.fail(e));
      }
    }

    private void onContext(Runnable action) {
      conversation.context().runOnContext(v -> action.run());
    }

    @Override
    public boolean isWaiting() {
      return waiting;
    }

    @Override
    public void cancel() {
      if (task != null && task.cancel(true)) {
        worker.remove(task); // Its place in the queue is another client's now.
      }
    }
  }

  /** Its description, and the line in META-INF/services. */
  public static final class Factory implements ModelFactory {
    private static final Setting<Integer> QUEUES = Setting.integer("queues", 1, 1_000, 5);

    @Override
    public String word() {
      return "queue-per-worker";
    }

    @Override
    public String sentence() {
      return "on one of queues threads, the same for the whole connection";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(QUEUES);
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(settings.get(QUEUES), Worker.THREAD, false);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new QueuePerWorkerModel(settings.get(QUEUES), maxConversations);
    }
  }
}
