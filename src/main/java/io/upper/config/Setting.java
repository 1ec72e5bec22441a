package io.upper.config;

import java.util.List;
import java.util.function.Function;

/**
 * A setting that a model declares, with its name, type, bounds and default. The model reads its
 * value by {@link ModelSettings#get}.
 */
public final class Setting<T> {
  private final String name;
  private final Object defaultValue;
  private final Function<Section, T> reader;

  private Setting(String name, Object defaultValue, Function<Section, T> reader) {
    this.name = name;
    this.defaultValue = defaultValue;
    this.reader = reader;
  }

  /** An integer from {@code min} to {@code max}, inclusive. */
  public static Setting<Integer> integer(String name, int min, int max, int defaultValue) {
    return new Setting<>(name, defaultValue, section -> section.integer(name, min, max));
  }

  public static Setting<Boolean> flag(String name, boolean defaultValue) {
    return new Setting<>(name, defaultValue, section -> section.flag(name));
  }

  /** A text that is not blank. */
  public static Setting<String> text(String name, String defaultValue) {
    return new Setting<>(name, defaultValue, section -> section.text(name));
  }

  /** A list of at least one text, or null, which is the default. */
  public static Setting<List<String>> optionalTexts(String name) {
    return new Setting<>(name, null, section -> section.optionalTexts(name));
  }

  String name() {
    return name;
  }

  /** The default, as a JSON value. */
  Object defaultValue() {
    return defaultValue;
  }

  T read(Section section) {
    return reader.apply(section);
  }
}
