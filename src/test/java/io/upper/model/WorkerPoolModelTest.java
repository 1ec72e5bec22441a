package io.upper.model;

import io.upper.job.Job;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of the worker pool. */
@Timeout(180)
class WorkerPoolModelTest {
  private final Vertx vertx = Vertx.vertx();
  private final ConcurrencyModel oneWorkerOneWaiting = new WorkerPoolModel(1, 1);

  @AfterEach
  void close() {
    oneWorkerOneWaiting.close().await();
    vertx.close().await();
  }

  @Test
  void clientThatLeavesGivesUpItsPlaceInTheQueue() {
    for (int client = 0; client < 100; client++) {
      RecordedConversation conversation =
          new RecordedConversation(vertx, new Job(Job.Kind.SLEEP, 60_000));
      RequestHandler handler = oneWorkerOneWaiting.handle(conversation);
      // The first is in flight; the others queue, one at a time. A rejection would throw.
      handler.request(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
      if (client > 0) {
        handler.cancel();
      }
    }
  }
}
