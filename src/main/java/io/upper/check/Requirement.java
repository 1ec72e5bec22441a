package io.upper.check;

import io.upper.text.Word;
import java.util.Locale;

/** What it means when a case fails. */
public enum Requirement implements Word {
  /** The service is wrong. */
  MUST,
  /** The service is wrong if it maps more than ASCII, else weak. */
  MUST_FOR_UNICODE,
  /** The service is weak. */
  SHOULD;

  /** What a failure is for a server with this mapping. */
  public Outcome failure(Mapping mapping) {
    return this == MUST || this == MUST_FOR_UNICODE && mapping != Mapping.ASCII
        ? Outcome.FAIL
        : Outcome.WEAK;
  }

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
