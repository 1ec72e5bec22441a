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
 * A conversation as straight blocking code sees it: a socket to {@link #read} from and to {@link
 * #write} to, in a thread other than the event loop. Underneath, the event loop hands requests over
 * and sends the replies.
 */
final class BlockingConversation implements RequestHandler {
  private static final ByteBuffer END_OF_INPUT = ByteBuffer.allocate(0);

  /** What is done in the conversation's thread, from its beginning to its end. */
  interface Dialogue {
    void hold(BlockingConversation client) throws IOException, InterruptedException;
  }

  private final Conversation conversation;
  private final Executor executor;
  // At most one request is at work; the end of the input may follow it.
  private final BlockingQueue<ByteBuffer> requests = new LinkedBlockingQueue<>();
  private final FutureTask<Void> task;
  private volatile Runnable cancellation = () -> {};
  private volatile boolean begun;
  private boolean submitted;
  private boolean asked = true;

  private BlockingConversation(Conversation conversation, Executor executor, Dialogue dialogue) {
    this.conversation = conversation;
    this.executor = executor;
    this.task =
        new FutureTask<>(
            () -> {
              converse(dialogue);
              return null;
            });
  }

  /**
   * Begins a dialogue as soon as the client says something. One that never does needs no thread: of
   * those there may be thousands, gone before their turn has come.
   *
   * @param executor gives it its thread, at once or when its turn has come
   */
  static BlockingConversation beginWhenAsked(
      Conversation conversation, Executor executor, Dialogue dialogue) {
    return new BlockingConversation(conversation, executor, dialogue);
  }

  /** Begins a dialogue in which the client need not be the first to speak, nor speak at all. */
  static BlockingConversation begin(
      Conversation conversation, Executor executor, Dialogue dialogue) {
    BlockingConversation client = new BlockingConversation(conversation, executor, dialogue);
    client.submit();
    return client;
  }

  /** When no thread can be had for it, that costs this client only. */
  private void submit() {
    submitted = true;
    try {
      executor.execute(task);
    } catch (RuntimeException | Error e) {
      onContext(() -> conversation.fail(e));
    }
  }

  private void converse(Dialogue dialogue) {
    try {
      dialogue.hold(this);
      onContext(conversation::finish);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The client is gone.
    } catch (IOException | RuntimeException | Error e) {
      onContext(() -> conversation.fail(e));
    }
  }

  /**
   * Blocks until the client says more.
   *
   * @return what it said, or null when it has nothing more to say
   * @throws InterruptedException when the client is gone
   */
  ByteBuffer read() throws InterruptedException {
    begun = true;
    if (!asked) {
      onContext(conversation::next);
    }
    asked = false;
    ByteBuffer request = requests.take();
    return request == END_OF_INPUT ? null : request;
  }

  /**
   * Blocks until the bytes are sent: as long as the client does not read, perhaps.
   *
   * @throws IOException when they could not be sent
   * @throws InterruptedException when the client is gone
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

  /** Has {@link #read} return null from now on, whatever the client says. */
  void endInput() {
    requests.add(END_OF_INPUT);
  }

  /** Has {@code action} run when the client is gone; on the event loop, so it must not block. */
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
    return submitted && !begun;
  }

  @Override
  public void cancel() {
    if (task.cancel(true) && executor instanceof ThreadPoolExecutor pool) {
      pool.remove(task); // Perhaps it was still waiting for its turn.
    }
    cancellation.run();
  }
}
