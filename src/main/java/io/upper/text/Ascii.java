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
   * Maps in place the ASCII bytes from an index on, as far as the first that is not ASCII.
   *
   * @return the index of the first byte that is not ASCII, or {@code limit}
   */
  static int upperRun(ByteBuffer bytes, int from, int limit) {
    int at = from;
    while (at <= limit - Long.BYTES) {
      long word = bytes.getLong(at);
      if ((word & HIGH_BITS) != 0) {
        break;
      }
      bytes.putLong(at, upper(word));
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
   * SIMD within a register: no sum exceeds a byte, so none carries into its neighbour, and the
   * buffer's byte order does not matter.
   */
  private static long upper(long word) {
    long letters = ((word + FROM_A) ^ (word + AFTER_Z)) & HIGH_BITS;
    return word ^ (letters >>> HIGH_TO_CASE_BIT);
  }

  /** Branch-free, since text is unpredictable: both differences are negative from a to z only. */
  private static byte upper(byte one) {
    int letter = (('a' - 1 - one) & (one - 'z' - 1)) >>> (Integer.SIZE - 1);
    return (byte) (one - letter * CASE_BIT);
  }
}
