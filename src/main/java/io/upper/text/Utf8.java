package io.upper.text;

import java.nio.ByteBuffer;

/**
 * Well-formed UTF-8: The Unicode Standard, section 3.9, table 3-7 (Well-Formed UTF-8 Byte
 * Sequences); the same as RFC 3629, section 4.
 */
final class Utf8 {
  private static final int BYTE = 0xFF;

  /** A continuation byte is 10xxxxxx: six bits of the code point. */
  private static final int CONTINUATION = 0x80;

  private static final int CONTINUATION_MASK = 0xC0;
  private static final int PAYLOAD_BITS = 6;
  private static final int PAYLOAD = (1 << PAYLOAD_BITS) - 1;

  /** The lowest lead bytes of characters of two, three and four bytes. */
  private static final int LEAD_2 = 0xC0;

  private static final int LEAD_3 = 0xE0;
  private static final int LEAD_4 = 0xF0;

  /** C0 and C1 would start overlong ASCII; leads above F4 would exceed U+10FFFF. */
  private static final int FIRST_LEAD = 0xC2;

  private static final int LAST_LEAD = 0xF4;

  private Utf8() {}

  /** Returns the length of the character with this lead byte, in bytes; 0 if it is no lead byte. */
  static int width(byte lead) {
    int first = lead & BYTE;
    if (first < FIRST_LEAD || first > LAST_LEAD) {
      return 0;
    }
    return first < LEAD_3 ? 2 : first < LEAD_4 ? 3 : 4;
  }

  static boolean isContinuation(byte one) {
    return (one & CONTINUATION_MASK) == CONTINUATION;
  }

  /**
   * Returns the number of bytes at an index that can belong to one character: the first and its
   * valid continuation bytes. The character is complete if that number equals its width.
   *
   * @param at below {@code limit}
   * @param width the {@link #width} of the first byte
   */
  static int matching(ByteBuffer bytes, int at, int limit, int width) {
    int max = Math.min(width, limit - at);
    if (max < 2 || !isSecond(bytes.get(at) & BYTE, bytes.get(at + 1))) {
      return 1;
    }
    int count = 2;
    while (count < max && isContinuation(bytes.get(at + count))) {
      count++;
    }
    return count;
  }

  private static boolean isSecond(int lead, byte one) {
    int second = one & BYTE;
    return isContinuation(one)
        && switch (lead) {
          case 0xE0 -> second >= 0xA0; // below: overlong
          case 0xED -> second <= 0x9F; // above: surrogates
          case 0xF0 -> second >= 0x90; // below: overlong
          case 0xF4 -> second <= 0x8F; // above: beyond U+10FFFF
          default -> true;
        };
  }

  /** Returns the code point of the character of 2 to 4 bytes at an index. */
  static int codePoint(ByteBuffer bytes, int at, int width) {
    int codePoint = bytes.get(at) & (BYTE >> (width + 1));
    for (int i = 1; i < width; i++) {
      codePoint = codePoint << PAYLOAD_BITS | bytes.get(at + i) & PAYLOAD;
    }
    return codePoint;
  }

  /** Returns {@code packed} with the bytes of one more character at its low end. */
  static long pack(long packed, int codePoint) {
    if (codePoint < 0x80) {
      return packed << Byte.SIZE | codePoint;
    }
    if (codePoint < 0x800) {
      long lead = packed << Byte.SIZE | LEAD_2 | codePoint >> PAYLOAD_BITS;
      return packContinuation(lead, codePoint);
    }
    if (codePoint < 0x1_0000) {
      long lead = packed << Byte.SIZE | LEAD_3 | codePoint >> 2 * PAYLOAD_BITS;
      return packContinuation(packContinuation(lead, codePoint >> PAYLOAD_BITS), codePoint);
    }
    long lead = packed << Byte.SIZE | LEAD_4 | codePoint >> 3 * PAYLOAD_BITS;
    long second = packContinuation(lead, codePoint >> 2 * PAYLOAD_BITS);
    return packContinuation(packContinuation(second, codePoint >> PAYLOAD_BITS), codePoint);
  }

  private static long packContinuation(long packed, int payload) {
    return packed << Byte.SIZE | CONTINUATION | payload & PAYLOAD;
  }

  /** Returns the number of packed bytes; the first of them is never zero. */
  static int packedLength(long packed) {
    return Long.BYTES - Long.numberOfLeadingZeros(packed) / Byte.SIZE;
  }
}
