package io.upper.text;

import java.util.Locale;

/**
 * The full uppercase mapping of one character, independent of the default locale ({@link
 * Locale#ROOT}): The Unicode Standard, section 3.13 (Default Case Conversion), with the JDK's
 * UnicodeData.txt and SpecialCasing.txt. It needs no context: the conditional uppercase mappings of
 * SpecialCasing.txt are all language-specific.
 *
 * <p>Loaded when the first non-ASCII character arrives.
 */
final class CaseMapping {
  /** What {@link #upper} returns for a character that is its own uppercase. */
  static final long UNCHANGED = 0;

  /**
   * Stands for every block whose characters are all their own uppercase: most scripts are caseless.
   */
  static final int[] CASELESS = {};

  /** A block holds the characters whose UTF-8 differs in the last byte only. */
  static final int BLOCK_BITS = 6;

  static final int BLOCKS_END = (Character.MAX_CODE_POINT + 1) >> BLOCK_BITS;

  private static final int BLOCK_SIZE = 1 << BLOCK_BITS;

  /** Stands for the blocks without multi-byte characters: ASCII and surrogates. */
  private static final int[] UNMAPPED = new int[BLOCK_SIZE];

  /**
   * Cache of blocks, filled on demand: computing all of them takes a cold JVM milliseconds. Races
   * are benign: threads compute the same block, and one that sees a partly written block reads
   * zeros, which take the slow path.
   */
  private static final int[][] BLOCKS = new int[BLOCKS_END][];

  private CaseMapping() {}

  /**
   * Returns the mappings of one block, indexed by the six payload bits of the last byte: the packed
   * bytes of the uppercase, or 0 if its length differs from the character's. Returns {@link
   * #CASELESS} for a block without case; never for characters of two bytes.
   *
   * @param index the code points of the block without the last {@link #BLOCK_BITS} bits
   */
  static int[] block(int index) {
    int[] cached = BLOCKS[index];
    return cached != null ? cached : load(index);
  }

  private static int[] load(int index) {
    int first = index << BLOCK_BITS;
    if (first < 0x80 || Character.getType(first) == Character.SURROGATE) {
      return BLOCKS[index] = UNMAPPED;
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
   * Returns the uppercase of a character in UTF-8, at most 6 bytes, packed: the last byte is the
   * least significant, and the unused high bytes are zero. May return {@link #UNCHANGED} instead of
   * the character itself.
   *
   * @param codePoint a Unicode scalar value beyond ASCII
   */
  static long upper(int codePoint) {
    int upper = Character.toUpperCase(codePoint);
    int type = Character.getType(upper);
    // No uppercase letter, as for ß (itself) and ᾳ (ᾼ): the full mapping may be several characters.
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
