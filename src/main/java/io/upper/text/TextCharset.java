package io.upper.text;

/** How a server decodes the bytes of a request. */
public enum TextCharset {
  /** All of Unicode, in UTF-8; bytes that are not UTF-8 are unchanged. */
  UTF_8("utf-8"),
  /** The letters a to z; all other bytes are unchanged. */
  ASCII("ascii");

  private final String word;

  TextCharset(String word) {
    this.word = word;
  }

  /** Returns the name of this charset in the configuration. */
  public String word() {
    return word;
  }

  /** A conditional, not a body per constant: each body is one more class to load at start-up. */
  Uppercase uppercase() {
    return this == UTF_8 ? new Utf8Uppercase() : AsciiUppercase.INSTANCE;
  }
}
