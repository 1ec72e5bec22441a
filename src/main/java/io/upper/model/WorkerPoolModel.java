package io.upper.model;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.upper.config.ModelSettings;
import io.upper.config.Setting;
import io.upper.job.Job;
import io.upper.model.Parallelism.Worker;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A fixed number of worker threads does the work; the event loops only read and write. Requests
 * queue until a worker is free.
 *
 * <p><b>When to choose it:</b> for work that blocks (a database driver, a file) with a limited
 * number of threads or connections to another system. <b>Its limit:</b> with 5 workers the sixth
 * client waits for the first to finish, so ten jobs of 200 ms take 400 ms.
 *
 * <p>The queue is bounded, since a connection has one request in flight and is not read meanwhile,
 * and datagrams beyond {@code maxPending} are dropped.
 *
 * <p><b>Python:</b> asyncio with {@code to_thread} (protocols and streams, over UDP and TCP), and
 * thread pools and executors.
 */
public final class WorkerPoolModel implements ConcurrencyModel {
  private final ThreadPoolExecutor workers;

  /**
   * @param workers number of threads, at least 1
   * @param maxWaiting capacity of the queue: the maximum number of connections or datagrams
   */
  public WorkerPoolModel(int workers, int maxWaiting) {
    this.workers =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(maxWaiting),
            new DefaultThreadFactory("upper-worker", true));
  }

  @Override
  public RequestHandler handle(Conversation conversation) {
    return new Handler(conversation);
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return false;
  }

  @Override
  public Future<Void> close() {
    workers.shutdownNow();
    return Future.succeededFuture();
  }

  private final class Handler implements RequestHandler {
    private final Conversation conversation;
    private final Work work;
    private FutureTask<?> task;
    private volatile boolean waiting;

    Handler(Conversation conversation) {
      this.conversation = conversation;
      this.work = new Work(conversation);
    }

    @Override
    public void request(ByteBuffer bytes) {
      submit(() -> work.serve(bytes), conversation::next);
    }

    /** Needs a worker only if the service holds something back. */
    @Override
    public void end() {
      if (work.isUnfinished()) {
        submit(work::end, conversation::finish);
      } else {
        conversation.reply(work.end());
        conversation.finish();
      }
    }

    private void submit(Callable<ByteBuffer> work, Runnable then) {
      task = new FutureTask<>(() -> serve(work, then), null);
      waiting = true;
      workers.execute(task);
    }

    /** Runs on a worker; the rest runs on the event loop. */
    private void serve(Callable<ByteBuffer> work, Runnable then) {
      waiting = false;
      try {
        ByteBuffer reply = work.call();
        conversation.context().runOnContext(v -> answer(reply, then));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // The client is gone.
      } catch (Throwable e) {
        conversation.context().runOnContext(v -> conversation.fail(e));
      }
    }

    private void answer(ByteBuffer reply, Runnable then) {
      try {
        conversation.reply(reply);
        then.run();
      } catch (Throwable e) {
        conversation.fail(e);
      }
    }

    @Override
    public boolean isWaiting() {
      return waiting;
    }

    @Override
    public void cancel() {
      if (task != null && task.cancel(true)) {
        workers.remove(task); // Frees its place in the queue.
      }
    }
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    private static final Setting<Integer> WORKERS = Setting.integer("workers", 1, 10_000, 20);

    @Override
    public String word() {
      return "worker-pool";
    }

    @Override
    public String sentence() {
      return "on one of workers threads";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(WORKERS);
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(settings.get(WORKERS), Worker.THREAD, false);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new WorkerPoolModel(settings.get(WORKERS), maxConversations);
    }
  }
}
