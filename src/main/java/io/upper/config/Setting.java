package io.upper.config;

import java.util.List;
import java.util.function.Function;

/**
 * A setting that a model declares: its name, what it may be, and its default. The model reads its
 * value by {@link ModelSettings#get}.
 */
public final class Setting<T> {
  private final String name;
  private final Object standard;
  private final Function<Section, T> reader;

  private Setting(String name, Object standard, Function<Section, T> reader) {
    this.name = name;
    this.standard = standard;
    this.reader = reader;
  }

  /** An integer from {@code min} to {@code max}, both allowed. */
  public static Setting<Integer> integer(String name, int min, int max, int standard) {
    return new Setting<>(name, standard, section -> section.integer(name, min, max));
  }

  public static Setting<Boolean> flag(String name, boolean standard) {
    return new Setting<>(name, standard, section -> section.flag(name));
  }

  /** A text that is not blank. */
  public static Setting<String> text(String name, String standard) {
    return new Setting<>(name, standard, section -> section.text(name));
  }

  /** A list of at least one text, or null, which is the default. */
  public static Setting<List<String>> optionalTexts(String name) {
    return new Setting<>(name, null, section -> section.optionalTexts(name));
  }

  String name() {
    return name;
  }

  /** The default, as JSON has it. */
  Object standard() {
    return standard;
  }

  T read(Section section) {
    return reader.apply(section);
  }
}
