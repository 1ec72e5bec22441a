package io.upper.server;

import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The model for new conversations, and the replaced models that still have conversations.
 * Thread-safe.
 */
final class CurrentModel {
  private final Function<ServerSettings, ConcurrencyModel> models;
  private final Set<ModelInUse> replaced = ConcurrentHashMap.newKeySet();
  private volatile ModelInUse model;

  CurrentModel(Function<ServerSettings, ConcurrencyModel> models, ServerSettings settings) {
    this.models = models;
    this.model = new ModelInUse(models.apply(settings));
  }

  /** The current model; use {@link #enter} unless it answers within the call. */
  ConcurrencyModel get() {
    return model.model();
  }

  /** The model for a new conversation, which must {@link ModelInUse#leave} it at its end. */
  ModelInUse enter() {
    ModelInUse current = model;
    while (!current.enter()) {
      current = model; // It was replaced just now.
    }
    return current;
  }

  /** Replaces the model for new conversations. Not to be called concurrently. */
  void replace(ServerSettings settings) {
    ModelInUse before = model;
    model = new ModelInUse(models.apply(settings));
    replaced.removeIf(ModelInUse::isClosed);
    replaced.add(before);
    before.replace();
  }

  /** Closes all models, even those in use. */
  Future<Void> close() {
    return Future.join(
            Stream.concat(Stream.of(model), replaced.stream()).map(ModelInUse::close).toList())
        .mapEmpty();
  }
}
