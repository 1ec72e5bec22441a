package io.upper.server;

import io.upper.model.ConcurrencyModel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model and the number of its conversations. Once replaced, it is closed when the last of them
 * ends. Thread-safe.
 */
final class ModelInUse {
  private static final Logger LOG = LoggerFactory.getLogger(ModelInUse.class);

  // Added to the count when the model is replaced, so that one number holds both.
  private static final int REPLACED = Integer.MIN_VALUE / 2;

  private final ConcurrencyModel model;
  private final AtomicInteger conversations = new AtomicInteger();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Promise<Void> closed = Promise.promise();

  ModelInUse(ConcurrencyModel model) {
    this.model = model;
  }

  ConcurrencyModel model() {
    return model;
  }

  /** Counts a conversation; false if the model was replaced. */
  boolean enter() {
    if (conversations.incrementAndGet() > 0) {
      return true;
    }
    leave();
    return false;
  }

  /** Ends a conversation that entered. */
  void leave() {
    closeIfUnused(conversations.decrementAndGet());
  }

  /** Lets no more conversations enter. */
  void replace() {
    closeIfUnused(conversations.addAndGet(REPLACED));
  }

  private void closeIfUnused(int count) {
    if (count == REPLACED) {
      close();
    }
  }

  boolean isClosed() {
    return closed.future().isComplete();
  }

  /** Closes the model, even if it is in use; a failure is logged. Completes when it is closed. */
  Future<Void> close() {
    if (closing.compareAndSet(false, true)) {
      Future.succeededFuture()
          .compose(v -> model.close())
          .onFailure(e -> LOG.warn("cannot close a model: {}", e.toString()))
          .otherwiseEmpty()
          .onComplete(closed);
    }
    return closed.future();
  }
}
