package io.upper.text;

import java.nio.ByteBuffer;

/**
 * The fast path for multi-byte characters whose uppercase has the same length: nearly all of them.
 * Each is classified by its first four bytes at once and mapped by one look-up in {@link
 * CaseMapping#block}.
 */
final class SameLength {
  // The lead and continuation bits of a character of n bytes among four, and their values.
  private static final int MASK_2 = 0xE0_C0_00_00;
  private static final int FORM_2 = 0xC0_80_00_00;
  private static final int MASK_2_2 = 0xE0_C0_E0_C0;
  private static final int FORM_2_2 = 0xC0_80_C0_80;
  private static final int MASK_3 = 0xF0_C0_C0_00;
  private static final int FORM_3 = 0xE0_80_80_00;
  private static final int MASK_4 = 0xF8_C0_C0_C0;
  private static final int FORM_4 = 0xF0_80_80_80;
  private static final int NOT_ASCII = 0x80_80_80_80;

  /** Six bits of the code point. */
  private static final int PAYLOAD = 0x3F;

  // Lower blocks belong to shorter characters: encoded at this length they would be overlong.
  private static final int FIRST_BLOCK_3 = 0x800 >> CaseMapping.BLOCK_BITS;
  private static final int FIRST_BLOCK_4 = 0x1_0000 >> CaseMapping.BLOCK_BITS;

  private SameLength() {}

  /**
   * Maps characters in place from an index on, including single ASCII ones between them: leaving
   * this loop for the space after each word would not pay.
   *
   * @param bytes little-endian
   * @return where it stopped: at a character whose length changes, a byte that is not UTF-8, a run
   *     of ASCII, or the last few bytes before {@code limit}
   */
  static int upperRun(ByteBuffer bytes, int from, int limit) {
    int at = from;
    while (at <= limit - Integer.BYTES) {
      int four = Integer.reverseBytes(bytes.getInt(at));
      int width;
      if (four >= 0) {
        if ((four & NOT_ASCII) == 0) {
          return at;
        }
        bytes.put(at, Ascii.upper((byte) (four >> 24)));
        width = 1;
      } else if ((four & MASK_2_2) == FORM_2_2) {
        width = upperTwoOfTwo(bytes, at, four);
      } else if ((four & MASK_2) == FORM_2) {
        width = upperOfTwo(bytes, at, four);
      } else if ((four & MASK_3) == FORM_3) {
        width = upperOfThree(bytes, at, four);
      } else if ((four & MASK_4) == FORM_4) {
        width = upperOfFour(bytes, at, four);
      } else {
        return at;
      }
      if (width == 0) {
        return at;
      }
      at += width;
    }
    return at;
  }

  // Each of these returns the number of bytes mapped, 0 if the slow path is needed.

  private static int upperTwoOfTwo(ByteBuffer bytes, int at, int four) {
    int first = CaseMapping.block(four >> 24 & 0x1F)[four >> 16 & PAYLOAD];
    int second = CaseMapping.block(four >> 8 & 0x1F)[four & PAYLOAD];
    if (first == 0 || second == 0) {
      return upperOfTwo(bytes, at, four);
    }
    bytes.putInt(at, Integer.reverseBytes(first << 16 | second));
    return 4;
  }

  private static int upperOfTwo(ByteBuffer bytes, int at, int four) {
    int upper = CaseMapping.block(four >> 24 & 0x1F)[four >> 16 & PAYLOAD];
    if (upper == 0) {
      return 0;
    }
    bytes.putShort(at, Short.reverseBytes((short) upper));
    return 2;
  }

  private static int upperOfThree(ByteBuffer bytes, int at, int four) {
    int index = (four >> 24 & 0xF) << 6 | four >> 16 & PAYLOAD;
    if (index < FIRST_BLOCK_3) {
      return 0;
    }
    int[] block = CaseMapping.block(index);
    if (block != CaseMapping.CASELESS) {
      int upper = block[four >> 8 & PAYLOAD];
      if (upper == 0) {
        return 0;
      }
      bytes.putShort(at, Short.reverseBytes((short) (upper >> 8))).put(at + 2, (byte) upper);
    }
    return 3;
  }

  private static int upperOfFour(ByteBuffer bytes, int at, int four) {
    int index = (four >> 24 & 0x7) << 12 | (four >> 16 & PAYLOAD) << 6 | four >> 8 & PAYLOAD;
    if (index < FIRST_BLOCK_4 || index >= CaseMapping.BLOCKS_END) {
      return 0;
    }
    int[] block = CaseMapping.block(index);
    if (block != CaseMapping.CASELESS) {
      int upper = block[four & PAYLOAD];
      if (upper == 0) {
        return 0;
      }
      bytes.putInt(at, Integer.reverseBytes(upper));
    }
    return 4;
  }
}
