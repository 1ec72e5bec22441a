package io.upper.model;

import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;

/** Makes the model that the configuration names. */
public final class Models {

  private Models() {}

  /** The model of a server; its owner closes it. */
  public static ConcurrencyModel create(Vertx vertx, ServerSettings settings) {
    return switch (settings.model()) {
      case ITERATIVE -> new IterativeModel(settings.job(), settings.charset());
      case EVENT_LOOP -> new EventLoopModel(settings.job(), settings.charset());
      case WORKER_POOL, THREAD_PER_CONNECTION, PROCESS_PER_CONNECTION ->
          throw new IllegalArgumentException("todo");
    };
  }
}
