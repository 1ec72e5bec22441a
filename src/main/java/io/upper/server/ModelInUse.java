package io.upper.server;

import io.upper.model.ConcurrencyModel;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model and its conversations: once another one has replaced it, it is closed when the last of
 * them is over. Thread-safe.
 */
final class ModelInUse {
  private static final Logger LOG = LoggerFactory.getLogger(ModelInUse.class);

  // Added to the count when the model is replaced: so one number tells both.
  private static final int REPLACED = Integer.MIN_VALUE / 2;

  private final ConcurrencyModel model;
  private final AtomicInteger conversations = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  ModelInUse(ConcurrencyModel model) {
    this.model = model;
  }

  ConcurrencyModel model() {
    return model;
  }

  /** One more conversation, unless the model is replaced. */
  boolean enter() {
    if (conversations.incrementAndGet() > 0) {
      return true;
    }
    leave();
    return false;
  }

  /** A conversation that entered is over. */
  void leave() {
    closeAt(conversations.decrementAndGet());
  }

  /** No conversation enters any more. */
  void replace() {
    closeAt(conversations.addAndGet(REPLACED));
  }

  private void closeAt(int count) {
    if (count == REPLACED) {
      close();
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Frees what the model holds, whoever uses it; where that fails, the log says so. */
  Future<Void> close() {
    if (!closed.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return Future.succeededFuture()
        .compose(v -> model.close())
        .otherwise(
            e -> {
              LOG.warn("a model is not closed: {}", e.toString());
              return null;
            });
  }
}
