package io.upper.check;

import io.upper.text.Word;
import java.util.Locale;

/** How a case ended. */
public enum Outcome implements Word {
  PASS,
  /** A must-case failed. */
  FAIL,
  /** A should-case failed. */
  WEAK,
  /** Not run; the verdict has the reason. */
  SKIPPED;

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
