package io.upper.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/**
 * The configuration of a deployed verticle, by vertx-config. A class apart: {@code upper serve}
 * does without.
 */
public final class RetrievedConfiguration {
  private static final long LOOK_MILLIS = 1_000;

  private final ConfigRetriever retriever;

  /**
   * Created on the context of the verticle, where changes are told.
   *
   * @param config what the verticle is deployed with
   */
  public RetrievedConfiguration(Vertx vertx, JsonObject config) {
    retriever =
        ConfigRetriever.create(
            vertx,
            new ConfigRetrieverOptions()
                .setIncludeDefaultStores(false)
                .setScanPeriod(LOOK_MILLIS)
                .addStore(
                    new ConfigStoreOptions()
                        .setType(ConfigurationStoreFactory.NAME)
                        .setConfig(new JsonObject().put("config", config))));
  }

  /** The configuration at first; fails with a {@link ConfigurationException}. */
  public Future<Configuration> first() {
    return retriever.getConfig().map(Configuration::of);
  }

  /** What changes from then on, until the verticle is undeployed. */
  public void onChange(Consumer<Configuration> applier) {
    retriever.listen(change -> applier.accept(Configuration.of(change.getNewConfiguration())));
  }
}
