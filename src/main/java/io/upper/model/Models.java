package io.upper.model;

import io.upper.config.ConfigurationException;
import io.upper.config.ModelCatalog;
import io.upper.config.ModelSettings;
import io.upper.config.ServerSettings;
import io.upper.jvm.Providers;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The models there are: those of this jar in the order of their registration, then others. */
public final class Models implements ModelCatalog {
  private static List<ModelFactory> all;

  /**
   * Every model; loaded when first asked for.
   *
   * @throws ConfigurationException if one cannot be loaded, naming its jar and why
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

  /** The model of that word, if there is one. */
  public static Optional<ModelFactory> find(String word) {
    return all().stream().filter(model -> model.word().equals(word)).findFirst();
  }

  /**
   * The model of a server; its owner closes it.
   *
   * @throws IllegalStateException if it cannot be made, naming it and why
   */
  public static ConcurrencyModel create(ServerSettings settings) {
    ModelSettings model = settings.model();
    try {
      ModelFactory factory = find(model.word()).orElseThrow();
      return Objects.requireNonNull(factory.create(model, settings.maxConversations()));
    } catch (RuntimeException | Error e) {
      throw new IllegalStateException("the model " + model.word() + " cannot be made: " + e, e);
    }
  }
}
