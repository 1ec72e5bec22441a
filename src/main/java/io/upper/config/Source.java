package io.upper.config;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * One source of the configuration.
 *
 * @param name its name in errors
 * @param document its settings, unchecked
 * @param origins the name of each setting in this source, by path, where it has one
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
