package io.upper.model;

import io.upper.config.ServerSettings;

/** Makes the model that the configuration names. */
public final class Models {

  private Models() {}

  /** The model of a server; its owner closes it. */
  public static ConcurrencyModel create(ServerSettings settings) {
    return switch (settings.model()) {
      case ITERATIVE -> new IterativeModel();
      case EVENT_LOOP -> new EventLoopModel();
      case WORKER_POOL -> new WorkerPoolModel(settings.workers(), settings.maxConversations());
      case THREAD_PER_CONNECTION -> new ThreadPerConnectionModel();
      case PROCESS_PER_CONNECTION ->
          new ProcessPerConnectionModel(settings.command(), settings.maxProcesses());
    };
  }
}
