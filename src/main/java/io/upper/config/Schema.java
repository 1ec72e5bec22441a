package io.upper.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The JSON schema of one object of the configuration: a {@link Section} records each key that it
 * reads.
 */
final class Schema {
  // The opposite of String.isBlank().
  private static final String NOT_BLANK = "\\S";

  private final JsonObject properties = new JsonObject();
  private final JsonArray required = new JsonArray();
  private final JsonObject json =
      new JsonObject()
          .put("type", "object")
          .put("properties", properties)
          .put("additionalProperties", false);

  /** The schema of a whole document. */
  JsonObject document() {
    // A file may name its schema, for editors.
    properties.put("$schema", type("string"));
    return new JsonObject()
        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
        .put("title", "Configuration of upper")
        .mergeIn(json);
  }

  Schema object(String key) {
    Schema inner = new Schema();
    properties.put(key, inner.json);
    return inner;
  }

  Schema objects(String key) {
    Schema item = new Schema();
    add(key, type("array").put("items", item.json));
    return item;
  }

  void flag(String key) {
    add(key, type("boolean"));
  }

  void text(String key) {
    add(key, text());
  }

  void text(String key, String pattern) {
    add(key, type("string").put("pattern", pattern));
  }

  void optionalText(String key) {
    add(key, type("string", "null"));
  }

  void optionalTexts(String key) {
    add(key, type("array", "null").put("items", text()).put("minItems", 1));
  }

  void integer(String key, int min, int max) {
    add(key, integer(min, max));
  }

  void count(String key, int max) {
    JsonArray either =
        new JsonArray().add(integer(1, max)).add(new JsonObject().put("const", "auto"));
    add(key, new JsonObject().put("anyOf", either));
  }

  void choice(String key, List<String> words) {
    add(key, new JsonObject().put("enum", new JsonArray(words)));
  }

  /** Records the default of a key; sections have none. */
  void defaultValue(String key, Object value) {
    JsonObject property = properties.getJsonObject(key);
    if (property != null && !(value instanceof JsonObject)) {
      property.put("default", value);
    }
  }

  /** Records a key without a default. */
  void required(String key) {
    required.add(key);
    json.put("required", required);
  }

  private void add(String key, JsonObject schema) {
    properties.put(key, schema);
  }

  private static JsonObject text() {
    return type("string").put("pattern", NOT_BLANK);
  }

  private static JsonObject integer(int min, int max) {
    return type("integer").put("minimum", min).put("maximum", max);
  }

  private static JsonObject type(String... types) {
    return new JsonObject()
        .put("type", types.length == 1 ? types[0] : new JsonArray(List.of((Object[]) types)));
  }
}
