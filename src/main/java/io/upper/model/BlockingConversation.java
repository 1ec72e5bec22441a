package io.upper.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A conversation as plain blocking code sees it: a socket to {@link #read} from and {@link #write}
 * to, on a thread other than the event loop. Underneath, the event loop delivers the requests and
 * sends the replies.
 */
final class BlockingConversation implements RequestHandler {
  private static final ByteBuffer END_OF_INPUT = ByteBuffer.allocate(0);

  /** The code that the conversation's thread runs, from start to end. */
  interface Dialogue {
    void run(BlockingConversation client) throws IOException, InterruptedException;
  }

  private final Conversation conversation;
  private final Executor executor;
  // At most one request in flight, and the end of the input.
  private final BlockingQueue<ByteBuffer> requests = new LinkedBlockingQueue<>();
  private final FutureTask<Void> task;
  private volatile Runnable cancellation = () -> {};
  private volatile boolean started;
  private boolean submitted;
  private boolean first = true;

  private BlockingConversation(Conversation conversation, Executor executor, Dialogue dialogue) {
    this.conversation = conversation;
    this.executor = executor;
    this.task =
        new FutureTask<>(
            () -> {
              run(dialogue);
              return null;
            });
  }

  /**
   * Starts a dialogue when the client sends its first request. A client that sends nothing takes no
   * thread: thousands may connect and leave.
   *
   * @param executor runs the dialogue, at once or when a thread is free
   */
  static BlockingConversation startAtFirstRequest(
      Conversation conversation, Executor executor, Dialogue dialogue) {
    return new BlockingConversation(conversation, executor, dialogue);
  }

  /** Starts a dialogue at once: the server may send first, or to a silent client. */
  static BlockingConversation start(
      Conversation conversation, Executor executor, Dialogue dialogue) {
    BlockingConversation client = new BlockingConversation(conversation, executor, dialogue);
    client.submit();
    return client;
  }

  /** If no thread is available, only this conversation fails. */
  private void submit() {
    submitted = true;
    try {
      executor.execute(task);
    } catch (RuntimeException | Error e) {
      onContext(() -> conversation.fail(e));
    }
  }

  private void run(Dialogue dialogue) {
    try {
      dialogue.run(this);
      onContext(conversation::finish);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The client is gone.
    } catch (Throwable e) { // Other languages throw checked exceptions undeclared.
      onContext(() -> conversation.fail(e));
    }
  }

  /**
   * Blocks until the next request.
   *
   * @return the request, or null at the end of the input
   * @throws InterruptedException if the client is gone
   */
  ByteBuffer read() throws InterruptedException {
    started = true;
    if (!first) {
      onContext(conversation::next);
    }
    first = false;
    ByteBuffer request = requests.take();
    return request == END_OF_INPUT ? null : request;
  }

  /**
   * Blocks until the bytes are sent, which may take until the client reads.
   *
   * @throws IOException if they could not be sent
   * @throws InterruptedException if the client is gone
   */
  void write(ByteBuffer bytes) throws IOException, InterruptedException {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    onContext(
        () -> {
          conversation.reply(bytes);
          conversation.sent().onComplete(v -> sent.complete(null), sent::completeExceptionally);
        });
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  /** Makes {@link #read} return null from now on, whatever the client sends. */
  void endInput() {
    requests.add(END_OF_INPUT);
  }

  /** Runs {@code action} when the client is gone; on the event loop, so it must not block. */
  void onCancel(Runnable action) {
    cancellation = action;
    if (task.isCancelled()) {
      action.run();
    }
  }

  private void onContext(Runnable action) {
    conversation.context().runOnContext(v -> action.run());
  }

  @Override
  public void request(ByteBuffer bytes) {
    requests.add(bytes);
    if (!submitted) {
      submit();
    }
  }

  @Override
  public void end() {
    if (submitted) {
      endInput();
    } else {
      conversation.finish();
    }
  }

  @Override
  public boolean isWaiting() {
    return submitted && !started;
  }

  @Override
  public void cancel() {
    if (task.cancel(true) && executor instanceof ThreadPoolExecutor pool) {
      pool.remove(task); // It may still be queued.
    }
    cancellation.run();
  }
}
