package io.upper.config;

import java.util.Locale;

/** The word that chooses a concurrency model. */
public enum ModelKind {
  ITERATIVE,
  EVENT_LOOP,
  WORKER_POOL,
  THREAD_PER_CONNECTION,
  PROCESS_PER_CONNECTION;

  /** The word for it in the configuration: {@code event-loop}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
