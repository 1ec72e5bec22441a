package io.upper.server;

import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The model that serves new conversations, and those before it, as long as conversations of theirs
 * go on. Thread-safe.
 */
final class CurrentModel {
  private final Function<ServerSettings, ConcurrencyModel> models;
  private final Set<ModelInUse> replaced = ConcurrentHashMap.newKeySet();
  private volatile ModelInUse model;

  CurrentModel(Function<ServerSettings, ConcurrencyModel> models, ServerSettings settings) {
    this.models = models;
    this.model = new ModelInUse(models.apply(settings));
  }

  /** The model as it is now; {@link #enter} if it does not answer within the call. */
  ConcurrencyModel get() {
    return model.model();
  }

  /** The model for a conversation, which has to {@link ModelInUse#leave} it when it is over. */
  ModelInUse enter() {
    ModelInUse current = model;
    while (!current.enter()) {
      current = model; // It was replaced just now.
    }
    return current;
  }

  /** Serves new conversations as {@code settings} say; one call at a time. */
  void replace(ServerSettings settings) {
    ModelInUse before = model;
    model = new ModelInUse(models.apply(settings));
    replaced.removeIf(ModelInUse::isClosed);
    replaced.add(before);
    before.replace();
  }

  /** Frees what the models hold, whoever uses them. */
  Future<Void> close() {
    return Future.join(
            Stream.concat(Stream.of(model), replaced.stream()).map(ModelInUse::close).toList())
        .mapEmpty();
  }
}
