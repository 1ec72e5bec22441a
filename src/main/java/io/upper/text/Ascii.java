package io.upper.text;

import java.nio.ByteBuffer;

/** The uppercase of ASCII bytes, eight at a time. */
final class Ascii {
  /** What tells a small letter from its capital. */
  private static final int CASE_BIT = 0x20;

  /** The bit that no ASCII byte has set. */
  private static final int HIGH_BIT = 0x80;

  /** The shift from the one to the other. */
  private static final int HIGH_TO_CASE_BIT = 2;

  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = HIGH_BIT * EACH_BYTE;

  /** Added to a byte below 0x80, these set its high bit from 'a' on, and from after 'z' on. */
  private static final long FROM_A = (HIGH_BIT - 'a') * EACH_BYTE;

  private static final long AFTER_Z = (HIGH_BIT - 'z' - 1) * EACH_BYTE;

  private Ascii() {}

  /**
   * Maps in place the ASCII bytes from an index on, as far as the first that is not ASCII; perhaps
   * some of those beyond it, too.
   *
   * @param bytes big-endian
   * @return the index of the first byte that is not ASCII, or {@code limit}
   */
  static int upperRun(ByteBuffer bytes, int from, int limit) {
    int at = from;
    while (at <= limit - Long.BYTES) {
      long word = bytes.getLong(at);
      bytes.putLong(at, upper(word));
      long high = word & HIGH_BITS;
      if (high != 0) {
        // Of a big-endian word the first byte is the highest.
        return at + Long.numberOfLeadingZeros(high) / Byte.SIZE;
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
   * SIMD within a register; bytes that are not ASCII stay. No sum of seven bits exceeds a byte, so
   * none carries into its neighbour.
   */
  private static long upper(long word) {
    long low = word & ~HIGH_BITS;
    long letters = ((low + FROM_A) ^ (low + AFTER_Z)) & ~word & HIGH_BITS;
    return word ^ (letters >>> HIGH_TO_CASE_BIT);
  }

  /**
   * The uppercase of one ASCII byte. Branch-free, since text is unpredictable: both differences are
   * negative from a to z only.
   */
  static byte upper(byte one) {
    int letter = (('a' - 1 - one) & (one - 'z' - 1)) >>> (Integer.SIZE - 1);
    return (byte) (one - letter * CASE_BIT);
  }
}
