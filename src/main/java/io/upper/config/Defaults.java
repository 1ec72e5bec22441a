package io.upper.config;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The defaults of all settings: the built-in {@code conf/default.json}, and what services and
 * models declare.
 */
final class Defaults {
  private static final JsonObject DOCUMENT = read();

  private Defaults() {}

  /**
   * A copy of the document.
   *
   * @throws ConfigurationException if a service or a model cannot be loaded, or declares a setting
   *     that exists already
   */
  static JsonObject document() {
    JsonObject document = DOCUMENT.copy();
    for (Protocol protocol : Protocol.values()) {
      for (ModelDeclaration model : ModelCatalog.FOUND.models()) {
        declare(model, document.getJsonObject(protocol.word()), protocol);
      }
    }
    return Services.declare(document);
  }

  private static void declare(ModelDeclaration model, JsonObject server, Protocol protocol) {
    for (Setting<?> setting : model.settings()) {
      if (server.containsKey(setting.name())) {
        throw new ConfigurationException(
            "/"
                + protocol.word()
                + "/"
                + setting.name()
                + ": the model "
                + model.word()
                + " declares it, but there is such a setting");
      }
      server.put(setting.name(), setting.defaultValue());
    }
  }

  private static JsonObject read() {
    try (InputStream in = Defaults.class.getResourceAsStream("default.json")) {
      return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
