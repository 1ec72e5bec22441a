package io.upper.model;

import io.upper.config.ConfigurationException;
import io.upper.config.ModelCatalog;
import io.upper.config.ModelSettings;
import io.upper.config.ServerSettings;
import io.upper.jvm.Providers;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The registry of models: those of this jar in order of registration, then others. */
public final class Models implements ModelCatalog {
  private static List<ModelFactory> all;

  /**
   * All models; loaded on first use.
   *
   * @throws ConfigurationException with the jar and the reason, if one cannot be loaded
   */
  public static synchronized List<ModelFactory> all() {
    if (all == null) {
      try {
        all = Providers.load(ModelFactory.class, ModelFactory::word);
      } catch (IllegalStateException e) {
        throw new ConfigurationException(e.getMessage());
      }
    }
    return all;
  }

  @Override
  public List<ModelFactory> models() {
    return all();
  }

  public static Optional<ModelFactory> find(String word) {
    return all().stream().filter(model -> model.word().equals(word)).findFirst();
  }

  /**
   * Creates the model of a server; the caller must close it.
   *
   * @throws IllegalStateException with its word and the reason, if it cannot be created
   */
  public static ConcurrencyModel create(ServerSettings settings) {
    ModelSettings model = settings.model();
    try {
      ModelFactory factory = find(model.word()).orElseThrow();
      return Objects.requireNonNull(factory.create(model, settings.maxConversations()));
    } catch (RuntimeException | Error e) {
      throw new IllegalStateException("the model " + model.word() + " cannot be created: " + e, e);
    }
  }
}
