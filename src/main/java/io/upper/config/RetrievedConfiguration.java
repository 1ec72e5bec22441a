package io.upper.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/**
 * The configuration of a deployed verticle, by vertx-config. A separate class, since {@code upper
 * serve} does without vertx-config.
 */
public final class RetrievedConfiguration {
  private static final long POLL_MILLIS = 1_000;

  private final ConfigRetriever retriever;

  /**
   * Created on the context of the verticle, on which changes are reported.
   *
   * @param config the configuration of the deployment
   */
  public RetrievedConfiguration(Vertx vertx, JsonObject config) {
    retriever =
        ConfigRetriever.create(
            vertx,
            new ConfigRetrieverOptions()
                .setIncludeDefaultStores(false)
                .setScanPeriod(POLL_MILLIS)
                .addStore(
                    new ConfigStoreOptions()
                        .setType(ConfigurationStoreFactory.NAME)
                        .setConfig(new JsonObject().put("config", config))));
  }

  /** The initial configuration; fails with a {@link ConfigurationException}. */
  public Future<Configuration> first() {
    return retriever.getConfig().map(Configuration::of);
  }

  /** Reports later configurations until the verticle is undeployed. */
  public void onChange(Consumer<Configuration> applier) {
    retriever.listen(change -> applier.accept(Configuration.of(change.getNewConfiguration())));
  }
}
