package io.upper.text;

import java.nio.ByteBuffer;

/** The uppercase of ASCII bytes: eight at a time, or more where {@link AsciiBlocks} can. */
final class Ascii {
  /** Null if this Java has none. */
  static final AsciiBlocks BLOCKS = AsciiBlocks.find();

  /**
   * Bytes that are mapped one word at a time first, and then the first block: in a text of several
   * scripts most runs end before, and the bytes of a block after its run are mapped twice.
   */
  private static final int FIRST_BLOCK = 256;

  private static final int LAST_BLOCK = 4096;

  /** The bit in which a lowercase letter differs from its uppercase. */
  private static final int CASE_BIT = 0x20;

  /** Clear in every ASCII byte. */
  private static final int HIGH_BIT = 0x80;

  /** Shifts the high bit to the case bit. */
  private static final int HIGH_TO_CASE_BIT = 2;

  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = HIGH_BIT * EACH_BYTE;

  /** Added to a byte below 0x80, sets the high bit if the byte is at least 'a'. */
  private static final long FROM_A = (HIGH_BIT - 'a') * EACH_BYTE;

  /** Added to a byte below 0x80, sets the high bit if the byte is above 'z'. */
  private static final long AFTER_Z = (HIGH_BIT - 'z' - 1) * EACH_BYTE;

  private Ascii() {}

  /**
   * Maps ASCII bytes in place, from an index up to the first byte that is not ASCII. Some ASCII
   * bytes after that one may be mapped as well.
   *
   * @param bytes little-endian
   * @return the index of the first byte that is not ASCII, or {@code limit}
   */
  static int upperRun(ByteBuffer bytes, int from, int limit) {
    return upperRun(BLOCKS, bytes, from, limit);
  }

  /** With that variant of the blocks, or null. */
  static int upperRun(AsciiBlocks blocks, ByteBuffer bytes, int from, int limit) {
    if (blocks == null || limit - from < 2 * FIRST_BLOCK || !mayMapBlocks(bytes)) {
      return upperWords(bytes, from, limit);
    }
    int at = upperWords(bytes, from, from + FIRST_BLOCK);
    if (at < from + FIRST_BLOCK) {
      return at;
    }
    for (int size = FIRST_BLOCK; at < limit; size = Math.min(2 * size, LAST_BLOCK)) {
      int end = Math.min(limit - at, size) + at;
      if (!blocks.upper(bytes, at, end)) {
        return upperWords(bytes, at, end);
      }
      at = end;
    }
    return at;
  }

  /**
   * Maps all ASCII bytes in place, from an index to a limit; other bytes are unchanged.
   *
   * @param bytes little-endian
   */
  static void upperAll(AsciiBlocks blocks, ByteBuffer bytes, int from, int limit) {
    if (blocks != null && limit - from >= FIRST_BLOCK && mayMapBlocks(bytes)) {
      blocks.upper(bytes, from, limit);
      return;
    }
    int at = from;
    for (; at <= limit - Long.BYTES; at += Long.BYTES) {
      bytes.putLong(at, upper(bytes.getLong(at)));
    }
    for (; at < limit; at++) {
      bytes.put(at, upper(bytes.get(at)));
    }
  }

  private static boolean mayMapBlocks(ByteBuffer bytes) {
    return bytes.isDirect() && !bytes.isReadOnly();
  }

  private static int upperWords(ByteBuffer bytes, int from, int limit) {
    int at = from;
    while (at <= limit - Long.BYTES) {
      long word = bytes.getLong(at);
      bytes.putLong(at, upper(word));
      long high = word & HIGH_BITS;
      if (high != 0) {
        // In a little-endian word the first byte is the least significant one.
        return at + Long.numberOfTrailingZeros(high) / Byte.SIZE;
      }
      at += Long.BYTES;
    }
    while (at < limit) {
      byte one = bytes.get(at);
      if (one < 0) {
        break;
      }
      bytes.put(at, upper(one));
      at++;
    }
    return at;
  }

  /**
   * SIMD within a register; bytes that are not ASCII are unchanged. Each sum has two 7-bit terms,
   * so it never carries into the next byte.
   */
  static long upper(long word) {
    long low = word & ~HIGH_BITS;
    long letters = ((low + FROM_A) ^ (low + AFTER_Z)) & ~word & HIGH_BITS;
    return word ^ (letters >>> HIGH_TO_CASE_BIT);
  }

  /** Whether no byte of a word, or of the OR of several, is beyond ASCII. */
  static boolean isAscii(long word) {
    return (word & HIGH_BITS) == 0;
  }

  /**
   * The uppercase of one ASCII byte. Branch-free, since text defeats branch prediction: both
   * differences are negative only for a to z.
   */
  static byte upper(byte one) {
    int letter = (('a' - 1 - one) & (one - 'z' - 1)) >>> (Integer.SIZE - 1);
    return (byte) (one - letter * CASE_BIT);
  }
}
