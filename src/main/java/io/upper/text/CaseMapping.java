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

  /** The block of characters that are all their own uppercase: most scripts have no case. */
  static final int[] CASELESS = {};

  /** A block has the characters that differ in the last byte of their UTF-8 alone. */
  static final int BLOCK_BITS = 6;

  static final int BLOCKS_END = (Character.MAX_CODE_POINT + 1) >> BLOCK_BITS;

  private static final int BLOCK_SIZE = 1 << BLOCK_BITS;

  /** The block of code points that are no characters of several bytes. */
  private static final int[] UNTOLD = new int[BLOCK_SIZE];

  /**
   * The blocks met before. Filled as they come, since all of them at once take milliseconds of a
   * young JVM. Threads may race: they make the same block, and who sees one half made finds zeros
   * in it.
   */
  private static final int[][] BLOCKS = new int[BLOCKS_END][];

  private CaseMapping() {}

  /**
   * Returns what is known of the characters of one block: by the six bits of their last byte the
   * bytes of their uppercase, packed, or 0 if there are more or fewer of them than of the
   * character's own; or {@link #CASELESS}, which characters of two bytes never are.
   *
   * @param index their code points without the last {@link #BLOCK_BITS} bits
   */
  static int[] block(int index) {
    int[] known = BLOCKS[index];
    return known != null ? known : learn(index);
  }

  private static int[] learn(int index) {
    int first = index << BLOCK_BITS;
    if (first < 0x80 || Character.getType(first) == Character.SURROGATE) {
      return BLOCKS[index] = UNTOLD;
    }
    int[] block = new int[BLOCK_SIZE];
    boolean caseless = first >= 0x800;
    for (int i = 0; i < BLOCK_SIZE; i++) {
      long itself = Utf8.pack(0, first + i);
      long upper = upper(first + i);
      if (upper == UNCHANGED) {
        upper = itself;
      }
      caseless &= upper == itself;
      block[i] = Utf8.packedLength(upper) == Utf8.packedLength(itself) ? (int) upper : 0;
    }
    return BLOCKS[index] = caseless ? CASELESS : block;
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
