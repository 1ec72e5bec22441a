package io.upper.model;

import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A conversation without a socket, which records its end. */
final class RecordedConversation implements Conversation {
  private final Context context;
  private final CompletableFuture<String> end = new CompletableFuture<>();

  private final Job job;
  private final Future<Void> sent;

  RecordedConversation(Vertx vertx) {
    this(vertx, Job.NONE);
  }

  RecordedConversation(Vertx vertx, Job job) {
    this(vertx, job, Future.succeededFuture());
  }

  /**
   * @param sent completes when the client reads its replies
   */
  RecordedConversation(Vertx vertx, Future<Void> sent) {
    this(vertx, Job.NONE, sent);
  }

  private RecordedConversation(Vertx vertx, Job job, Future<Void> sent) {
    this.job = job;
    this.context = vertx.getOrCreateContext();
    this.sent = sent;
  }

  /** Completes with {@code finished}, or with the reason of its failure. */
  CompletableFuture<String> end() {
    return end;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public String client() {
    return "test";
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public ConfiguredService service() {
    return ConfiguredService.of(new Uppercase());
  }

  @Override
  public RequestObserver observer() {
    return null;
  }

  @Override
  public long arrived() {
    return 0;
  }

  @Override
  public void reply(ByteBuffer bytes) {
    // Not needed.
  }

  @Override
  public Future<Void> sent() {
    return sent;
  }

  @Override
  public void next() {
    // The test sends the requests.
  }

  @Override
  public void finish() {
    end.complete("finished");
  }

  @Override
  public void fail(Throwable cause) {
    end.complete(cause.getMessage());
  }
}
