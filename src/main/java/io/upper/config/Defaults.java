package io.upper.config;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The built-in {@code conf/default.json}: it names every setting there is. */
final class Defaults {
  private static final JsonObject DOCUMENT = read();

  private Defaults() {}

  /** A copy of the document. */
  static JsonObject document() {
    return DOCUMENT.copy();
  }

  private static JsonObject read() {
    try (InputStream in = Defaults.class.getResourceAsStream("/conf/default.json")) {
      return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
