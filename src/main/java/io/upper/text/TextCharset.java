package io.upper.text;

import io.upper.service.Service;
import java.util.function.Supplier;

/** How a server decodes the bytes of a request; supplies the mapping of each stream. */
public enum TextCharset implements Supplier<Service>, Word {
  /** All of Unicode, in UTF-8; bytes that are not UTF-8 are unchanged. */
  UTF_8,
  /** The letters a to z; all other bytes are unchanged. */
  ASCII;

  /** A conditional, not a body per constant: each body is one more class to load at start-up. */
  @Override
  public Service get() {
    return this == UTF_8 ? new Utf8Uppercase() : AsciiUppercase.INSTANCE;
  }

  /** Returns the name of this charset in the configuration. */
  @Override
  public String toString() {
    return word();
  }
}
