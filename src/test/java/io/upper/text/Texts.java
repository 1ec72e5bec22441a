package io.upper.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.service.Service;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Random;

/** Test data and the reference implementation for this package's tests. */
final class Texts {
  /**
   * By kind: ASCII; Latin; growing, shrinking, expanding; Greek; marks; CJK; astral; title case.
   */
  private static final String[] CHARACTERS = {
    "a",
    "z",
    "Q",
    "{",
    "`",
    " ",
    "\0",
    "\u007f",
    "title",
    "abcdefghij",
    "é",
    "ñ",
    "ÿ",
    "µ",
    "Ż",
    "ª",
    "ĸ",
    "ß",
    "ŉ",
    "ı",
    "ſ",
    "ǰ",
    "ɐ",
    "ẞ",
    "ẖ",
    "և",
    "K",
    "ﬀ",
    "ﬃ",
    "ﬅ",
    "ﬗ",
    "ΑΣ",
    "ας ",
    "σ",
    "ς",
    "ΐ",
    "ὖ",
    "ᾀ",
    "ᾈ",
    "ᾳ",
    "ᾷ",
    "ῼ",
    "i\u0307",
    "e\u0301",
    "\u0345",
    "\u0300",
    "j\u030c",
    "日",
    "本語",
    "한",
    "\ufffd",
    "\uffff",
    "😀",
    "𐐨",
    "𞤢",
    "\udbff\udfff",
    "ა",
    "ჰ",
    "Ა",
    "ꭰ",
    "ǅ",
    "ǆ",
    "ǲ",
    "ж",
    "ⅷ",
    "ⓐ"
  };

  private Texts() {}

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  static String random(Random random, int characters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }

  /** Random code points; one, two, three and four bytes are equally likely. */
  static String randomCodePoints(Random random, int count) {
    int[] limits = {0, 0x80, 0x800, 0x1_0000, Character.MAX_CODE_POINT + 1};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int width = random.nextInt(4);
      int codePoint = limits[width] + random.nextInt(limits[width + 1] - limits[width]);
      text.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? '?' : codePoint);
    }
    return text.toString();
  }

  /** Whole characters, truncated ones, and random bytes, biased towards the boundaries of UTF-8. */
  static byte[] randomBytes(Random random, int parts) {
    int[] limits = {
      0x41, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(4)) {
        case 0 -> bytes.writeBytes(utf8(random(random, 1)));
        case 1 -> {
          byte[] whole = utf8(random(random, 1));
          bytes.write(whole, 0, random.nextInt(whole.length));
        }
        case 2 -> bytes.write(random.nextInt(0x100));
        default -> bytes.write(limits[random.nextInt(limits.length)]);
      }
    }
    return bytes.toByteArray();
  }

  /**
   * The reference: where the JDK's strict decoder finds a character, it is mapped by String; any
   * other byte is copied.
   */
  static byte[] reference(byte[] bytes) {
    ByteArrayOutputStream upper = new ByteArrayOutputStream();
    int at = 0;
    while (at < bytes.length) {
      String character = characterAt(bytes, at);
      if (character.isEmpty()) {
        upper.write(bytes[at]);
        at++;
      } else {
        upper.writeBytes(utf8(character.toUpperCase(Locale.ROOT)));
        at += utf8(character).length;
      }
    }
    return upper.toByteArray();
  }

  private static String characterAt(byte[] bytes, int at) {
    for (int length = 1; length <= Math.min(4, bytes.length - at); length++) {
      try {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)).toString();
      } catch (CharacterCodingException e) {
        // Not of this length.
      }
    }
    return "";
  }

  /** The whole reply to a stream cut at the given offsets, in ascending order. */
  static byte[] reply(Service uppercase, byte[] stream, int... cuts) {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    int from = 0;
    for (int cut : cuts) {
      reply.writeBytes(next(uppercase, stream, from, cut));
      from = cut;
    }
    reply.writeBytes(next(uppercase, stream, from, stream.length));
    reply.writeBytes(remaining(uppercase.end()));
    return reply.toByteArray();
  }

  private static byte[] next(Service uppercase, byte[] stream, int from, int to) {
    ByteBuffer piece = ByteBuffer.allocate(to - from).put(stream, from, to - from).flip();
    return remaining(uppercase.next(piece));
  }

  static byte[] remaining(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static int[] everyByteOf(byte[] stream) {
    int[] cuts = new int[stream.length];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i;
    }
    return cuts;
  }
}
