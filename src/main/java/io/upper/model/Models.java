package io.upper.model;

import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.text.TextCharset;

/** Makes the model that the configuration names. */
public final class Models {

  private Models() {}

  /** The model of a server; its owner closes it. */
  public static ConcurrencyModel create(ServerSettings settings) {
    Job job = settings.job();
    TextCharset charset = settings.charset();
    return switch (settings.model()) {
      case ITERATIVE -> new IterativeModel(job, charset);
      case EVENT_LOOP -> new EventLoopModel(job, charset);
      case WORKER_POOL ->
          new WorkerPoolModel(job, charset, settings.workers(), settings.maxConversations());
      case THREAD_PER_CONNECTION -> new ThreadPerConnectionModel(job, charset);
      case PROCESS_PER_CONNECTION ->
          new ProcessPerConnectionModel(
              settings.command() == null
                  ? ProcessPerConnectionModel.builtIn(job, charset)
                  : settings.command(),
              settings.maxProcesses(),
              job.millis());
    };
  }
}
