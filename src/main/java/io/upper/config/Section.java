package io.upper.config;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads one JSON object of the configuration, key by key; {@link #end} rejects keys that were not
 * read. Every error is a {@link ConfigurationException} that starts with the JSON pointer (RFC
 * 6901) of the value.
 *
 * <p>With a {@link Schema} the same code records what each key may be.
 */
public final class Section {
  private static final Pattern PLAIN = Pattern.compile("\\w*");

  private final JsonObject json;
  private final String pointer;
  private final Set<String> known = new TreeSet<>();
  // Null unless a schema is generated.
  private final Schema schema;

  /**
   * @param json the object to read
   * @param pointer its JSON pointer: empty for the root, {@code /tcp} for its member
   */
  public Section(JsonObject json, String pointer) {
    this(json, pointer, null);
  }

  /** Records in {@code schema} what is read; missing keys read as an allowed value. */
  Section(JsonObject json, String pointer, Schema schema) {
    this.json = json;
    this.pointer = pointer;
    this.schema = schema;
  }

  public boolean has(String key) {
    known.add(key);
    return json.containsKey(key);
  }

  public Section section(String key) {
    Object value = read(key, null);
    if (value instanceof JsonObject object) {
      return new Section(object, at(key), schema == null ? null : schema.object(key));
    }
    throw refused(key, value, "an object");
  }

  /** A list of objects, perhaps empty. */
  public List<Section> sections(String key) {
    Section one = null;
    if (schema != null) {
      one = new Section(new JsonObject(), at(key) + "/0", schema.objects(key));
    }
    Object value = read(key, null);
    if (one != null) {
      return List.of(one); // to record the schema of an item
    }
    if (value instanceof JsonArray array && array.stream().allMatch(Section::isObject)) {
      return IntStream.range(0, array.size())
          .mapToObj(i -> new Section(array.getJsonObject(i), at(key) + "/" + i))
          .toList();
    }
    throw refused(key, value, "a list of objects");
  }

  private static boolean isObject(Object value) {
    return value instanceof JsonObject || value instanceof Map;
  }

  /** Its JSON pointer. */
  public String pointer() {
    return pointer;
  }

  public boolean flag(String key) {
    if (schema != null) {
      schema.flag(key);
    }
    if (read(key, false) instanceof Boolean value) {
      return value;
    }
    throw refused(key, json.getValue(key), "true or false");
  }

  public String text(String key) {
    if (schema != null) {
      schema.text(key);
    }
    String value = textOrNull(key);
    if (value == null || value.isBlank()) {
      throw refused(key, value, "a text");
    }
    return value;
  }

  /**
   * A text of a form.
   *
   * @param what says in words what is allowed
   */
  public String text(String key, Pattern form, String what) {
    if (schema != null) {
      schema.text(key, "^(" + form + ")$");
    }
    String value = textOrNull(key);
    if (value == null || !form.matcher(value).matches()) {
      throw refused(key, value, what);
    }
    return value;
  }

  /** A text, or null. */
  public String optionalText(String key) {
    if (schema != null) {
      schema.optionalText(key);
    }
    return textOrNull(key);
  }

  /** A text that is not blank, or null; no error quotes it. */
  String secret(String key) {
    if (schema != null) {
      schema.optionalText(key);
    }
    Object value = read(key, null);
    if (value == null || value instanceof String text && !text.isBlank()) {
      return (String) value;
    }
    throw new ConfigurationException(at(key) + ": it is not a text that is not blank, nor null");
  }

  private String textOrNull(String key) {
    Object value = read(key, "-");
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw refused(key, value, "a text or null");
  }

  public int integer(String key, int min, int max) {
    if (schema != null) {
      schema.integer(key, min, max);
    }
    return integerIn(key, min, max);
  }

  private int integerIn(String key, int min, int max) {
    Object value = read(key, min);
    if (isInteger(value)) {
      long number = ((Number) value).longValue();
      if (number >= min && number <= max) {
        return (int) number;
      }
      throw refused(key, value, "in " + min + ".." + max);
    }
    throw refused(key, value, "an integer in " + min + ".." + max);
  }

  /** A count of 1 to {@code max}, or {@code "auto"}: one per available processor. */
  public int count(String key, int max) {
    if (schema != null) {
      schema.count(key, max);
    }
    if ("auto".equals(read(key, 1))) {
      return Math.min(max, Runtime.getRuntime().availableProcessors());
    }
    Object value = json.getValue(key);
    if (value instanceof String) {
      throw refused(key, value, "an integer in 1.." + max + " or \"auto\"");
    }
    return integerIn(key, 1, max);
  }

  /** A list of at least one text, or null. */
  public List<String> optionalTexts(String key) {
    if (schema != null) {
      schema.optionalTexts(key);
    }
    Object value = read(key, null);
    if (value == null) {
      return null;
    }
    if (value instanceof JsonArray array
        && !array.isEmpty()
        && array.stream().allMatch(text -> text instanceof String s && !s.isBlank())) {
      return array.stream().map(String.class::cast).toList();
    }
    throw refused(key, value, "a list of at least one text, or null");
  }

  /** One of {@code choices}, by its word. */
  public <T> T choice(String key, T[] choices, Function<T, String> word) {
    if (schema != null) {
      schema.choice(key, Arrays.stream(choices).map(word).toList());
    }
    Object value = read(key, word.apply(choices[0]));
    for (T choice : choices) {
      if (word.apply(choice).equals(value)) {
        return choice;
      }
    }
    String words = Arrays.stream(choices).map(word).collect(Collectors.joining(", "));
    throw refused(key, value, "one of " + words);
  }

  /** A value of the type of its default: a Boolean, an Integer, a constant of an enum or a text. */
  Object readLike(String key, Object defaultValue) {
    if (defaultValue instanceof Boolean) {
      return flag(key);
    }
    if (defaultValue instanceof Integer) {
      return integer(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return defaultValue instanceof Enum<?> constant
        ? choice(key, constant.getDeclaringClass().getEnumConstants(), String::valueOf)
        : text(key);
  }

  /** Rejects keys that were not read. */
  public void end() {
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) {
        throw new ConfigurationException(
            at(key) + ": unknown setting; known here: " + String.join(", ", known));
      }
    }
  }

  private Object read(String key, Object allowed) {
    known.add(key);
    if (schema == null) {
      return json.getValue(key);
    }
    if (json.containsKey(key)) {
      Object defaultValue = json.getValue(key);
      schema.defaultValue(key, defaultValue);
      return defaultValue;
    }
    schema.required(key);
    return allowed;
  }

  private static boolean isInteger(Object value) {
    return value instanceof Integer || value instanceof Long;
  }

  private ConfigurationException refused(String key, Object value, String allowed) {
    return new ConfigurationException(at(key) + ": " + Json.encode(value) + " is not " + allowed);
  }

  /** The pointer of a member, escaped as in JSON so that a message stays one line. */
  private String at(String key) {
    if (PLAIN.matcher(key).matches()) {
      return pointer + "/" + key; // without the library that encodes, which takes time to load
    }
    String escaped = Json.encode(key.replace("~", "~0").replace("/", "~1"));
    return pointer + "/" + escaped.substring(1, escaped.length() - 1);
  }
}
