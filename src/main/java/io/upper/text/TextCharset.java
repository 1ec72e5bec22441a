package io.upper.text;

/** How the bytes of a text are read. */
public enum TextCharset {
  /** Every character of Unicode, in UTF-8; bytes that are not UTF-8 stay as they are. */
  UTF_8("utf-8"),
  /** The letters a to z; all other bytes stay as they are. */
  ASCII("ascii");

  private final String word;

  TextCharset(String word) {
    this.word = word;
  }

  /** Returns the word of the configuration that stands for this charset. */
  public String word() {
    return word;
  }

  /** Not a method body per constant: that is one more class each to load at start-up. */
  Uppercase uppercase() {
    return this == UTF_8 ? new Utf8Uppercase() : AsciiUppercase.INSTANCE;
  }
}
