package io.upper.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each variant that this Java has, against one byte at a time. */
class AsciiTest {
  private static final int JAVA_WITH_SEGMENTS = 22;
  private static final int LONGEST = 6_000;
  private static final byte NOT_ASCII = (byte) 0xE1; // 'a' with the high bit

  private final Random random = new Random(20_261_127);

  static Stream<AsciiBlocks> variants() {
    return Stream.of(null, Ascii.BLOCKS).distinct();
  }

  @Test
  void thisJavaHasItsVariant() {
    assertEquals(Runtime.version().feature() >= JAVA_WITH_SEGMENTS, Ascii.BLOCKS != null);
    assertEquals(Ascii.BLOCKS == null ? "word kernel" : "vector kernel", Uppercase.kernel());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyByteAtEachPlaceOfAWord(AsciiBlocks variant) {
    for (int one = 0; one <= 0xFF; one++) {
      byte[] text = ascii(700);
      for (int at = 300; at < 300 + 2 * Long.BYTES; at++) {
        byte before = text[at];
        text[at] = (byte) one;
        check(variant, text, 0, text.length);
        text[at] = before;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void anyLengthAtAnyAddressWithAnyFirstByteBeyondAscii(AsciiBlocks variant) {
    for (int i = 0; i < 3_000; i++) {
      byte[] text = ascii(random.nextInt(i % 2 == 0 ? LONGEST : 600));
      int from = random.nextInt(Math.min(text.length, 20) + 1);
      int limit = text.length - random.nextInt(Math.min(text.length - from, 20) + 1);
      for (int others = random.nextInt(3); others > 0 && text.length > 0; others--) {
        text[random.nextInt(text.length)] = NOT_ASCII;
      }
      check(variant, text, from, limit);
    }
  }

  private static void check(AsciiBlocks variant, byte[] text, int from, int limit) {
    ByteBuffer run = direct(text, from, limit);
    int end = Ascii.upperRun(variant, run, from, limit);
    int expected = from;
    while (expected < limit && text[expected] >= 0) {
      expected++;
    }
    assertEquals(expected, end);

    ByteBuffer all = direct(text, from, limit);
    Ascii.upperAll(variant, all, from, limit);
    run.clear();
    all.clear();
    for (int at = 0; at < text.length; at++) {
      byte upper = text[at] >= 'a' && text[at] <= 'z' ? (byte) (text[at] - 'a' + 'A') : text[at];
      boolean mapped = at >= from && at < limit;
      if (all.get(at) != (mapped ? upper : text[at])) {
        assertEquals(mapped ? upper : text[at], all.get(at), "all: byte " + at);
      }
      boolean may = mapped && run.get(at) == upper;
      if (run.get(at) != (at >= from && at < end ? upper : text[at]) && !may) {
        assertEquals(upper, run.get(at), "run: byte " + at);
      }
    }
  }

  /** At an address of its own, with a position: an index counts from the buffer's start. */
  private static ByteBuffer direct(byte[] text, int from, int limit) {
    return ByteBuffer.allocateDirect(text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(text)
        .limit(limit)
        .position(from);
  }

  private byte[] ascii(int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) random.nextInt(0x80);
    }
    return text;
  }

  @Test
  void aReadOnlyBufferIsNotChanged() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1_000).asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> Ascii.upperRun(bytes, 0, 1_000));
    assertThrows(
        ReadOnlyBufferException.class, () -> Ascii.upperAll(Ascii.BLOCKS, bytes, 0, 1_000));
  }
}
