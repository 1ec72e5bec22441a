package io.upper.text;

import java.util.Locale;

/**
 * The full uppercase mapping of one character, in any locale the one of {@link Locale#ROOT}: The
 * Unicode Standard, section 3.13 (Default Case Conversion), with UnicodeData.txt and
 * SpecialCasing.txt as the JDK has them. It depends on no neighbour: the conditional uppercase
 * mappings of SpecialCasing.txt are all of single languages.
 *
 * <p>Loaded with the first character beyond ASCII.
 */
final class CaseMapping {
  /** What {@link #upper} returns for a character that is its own uppercase. */
  static final long UNCHANGED = 0;

  /** The characters of two bytes in UTF-8 end before this one. */
  private static final int TWO_BYTES_END = 0x800;

  /**
   * For characters of two bytes met before, their uppercase if it has two bytes too; else 0. Filled
   * as they come, since all of them at once take milliseconds of a young JVM. Threads may race:
   * they write the same value, and who misses it computes it again.
   */
  private static final char[] TWO_BYTES = new char[TWO_BYTES_END];

  private CaseMapping() {}

  /**
   * Returns the two bytes of the uppercase of a character of two bytes, the first one above the
   * other; 0 if its uppercase has another length.
   */
  static int upperOfTwoBytes(int codePoint) {
    char known = TWO_BYTES[codePoint];
    return known != 0 ? known : learnTwoBytes(codePoint);
  }

  private static int learnTwoBytes(int codePoint) {
    long upper = upper(codePoint);
    long packed = upper == UNCHANGED ? Utf8.pack(0, codePoint) : upper;
    if (Utf8.packedLength(packed) != 2) {
      return 0;
    }
    TWO_BYTES[codePoint] = (char) packed;
    return (char) packed;
  }

  /**
   * Returns the uppercase of a character in UTF-8, at most 6 bytes: the last one is the lowest of
   * the result, and zeros stand above the first one. May return {@link #UNCHANGED} instead of the
   * character itself.
   *
   * @param codePoint a Unicode scalar value beyond ASCII
   */
  static long upper(int codePoint) {
    int upper = Character.toUpperCase(codePoint);
    int type = Character.getType(upper);
    // Mapped to no capital letter, as ß (itself) or ᾳ (ᾼ): perhaps several characters stand for it.
    if (type == Character.LOWERCASE_LETTER || type == Character.TITLECASE_LETTER) {
      return pack(Character.toString(codePoint).toUpperCase(Locale.ROOT));
    }
    return upper == codePoint ? UNCHANGED : Utf8.pack(0, upper);
  }

  private static long pack(String text) {
    long packed = 0;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      packed = Utf8.pack(packed, text.codePointAt(i));
    }
    return packed;
  }
}
