package io.upper.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * What one source says of the configuration.
 *
 * @param name how an error calls it
 * @param document the settings that it has, unchecked
 * @param origins where each stands, by its path, if a setting has a name of its own there
 */
record Source(String name, JsonObject document, Map<List<String>, String> origins) {

  Source(String name, JsonObject document) {
    this(name, document, Map.of());
  }

  boolean has(List<String> setting) {
    Object value = document;
    for (String key : setting) {
      if (!(value instanceof JsonObject section) || !section.containsKey(key)) {
        return false;
      }
      value = section.getValue(key);
    }
    return true;
  }

  String origin(List<String> setting) {
    return origins.getOrDefault(setting, name);
  }
}
