package io.upper.check;

import io.upper.text.Word;
import java.util.Locale;

/** How hard a case is on the server; each level includes those before it. */
public enum Level implements Word {
  /** What any client does. */
  BASIC,
  /** What networks and careless clients do. */
  ROBUST,
  /** What an attacker does. */
  ABUSE;

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
