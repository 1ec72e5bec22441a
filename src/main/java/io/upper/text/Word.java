package io.upper.text;

import java.util.Locale;

/** A constant of an enum that configurations, command lines or reports name. */
public interface Word {

  /** Implemented by the enum. */
  String name();

  /** Its name there, in lower case with hyphens: {@code slow-reader}. */
  default String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
