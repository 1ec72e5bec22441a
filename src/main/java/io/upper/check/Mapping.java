package io.upper.check;

import io.upper.text.Word;
import java.util.Locale;

/** Which characters a server maps: found by asking it, never graded. */
public enum Mapping implements Word {
  /** Only a to z; every other byte stays as it is. */
  ASCII("ASCII only"),
  /** Each character to one character, as UnicodeData.txt has it: ß stays. */
  SIMPLE("Unicode, a character for a character"),
  /** With the mappings that change lengths, as SpecialCasing.txt has them: ß becomes SS. */
  FULL("Unicode, full mapping");

  private final String word;

  Mapping(String word) {
    this.word = word;
  }

  @Override
  public String word() {
    return word;
  }

  /** The uppercase of a text under this mapping, computed by the JDK. */
  public String upper(String text) {
    return switch (this) {
      case FULL -> text.toUpperCase(Locale.ROOT);
      case SIMPLE -> mapped(text, Character.MAX_CODE_POINT);
      case ASCII -> mapped(text, 0x7f);
    };
  }

  private static String mapped(String text, int last) {
    StringBuilder upper = new StringBuilder(text.length());
    text.codePoints()
        .map(character -> character <= last ? Character.toUpperCase(character) : character)
        .forEach(upper::appendCodePoint);
    return upper.toString();
  }
}
