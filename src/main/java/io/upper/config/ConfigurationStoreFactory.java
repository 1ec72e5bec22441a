package io.upper.config;

import io.vertx.config.spi.ConfigStore;
import io.vertx.config.spi.ConfigStoreFactory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * The whole configuration, complete and checked, as a store of vertx-config: type {@value #NAME}.
 * The store's own configuration has {@code conf}, a file or JSON text as after {@code -conf}, and
 * {@code config}, an object that overrides it.
 *
 * <p>The first {@code get} fails with a {@link ConfigurationException} if the configuration is
 * invalid. Later ones log what is wrong and return the last valid one.
 */
public final class ConfigurationStoreFactory implements ConfigStoreFactory {
  public static final String NAME = "upper";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ConfigStore create(Vertx vertx, JsonObject configuration) {
    return new Store(vertx, configuration);
  }

  private static final class Store implements ConfigStore {
    private final Vertx vertx;
    private final JsonObject configuration;
    private LiveConfiguration live;

    Store(Vertx vertx, JsonObject configuration) {
      this.vertx = vertx;
      this.configuration = configuration;
    }

    @Override
    public Future<Buffer> get() {
      return vertx.executeBlocking(this::read).map(JsonObject::toBuffer);
    }

    private synchronized JsonObject read() {
      if (live == null) {
        ConfigurationReader reader = new ConfigurationReader(configuration.getString("conf"));
        reader.given("config", configuration.getJsonObject("config", new JsonObject()));
        live = new LiveConfiguration(reader);
      } else {
        live.poll();
      }
      return live.current().json();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
