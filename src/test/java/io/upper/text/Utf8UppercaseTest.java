package io.upper.text;

import static io.upper.text.Texts.everyByteOf;
import static io.upper.text.Texts.randomBytes;
import static io.upper.text.Texts.reference;
import static io.upper.text.Texts.remaining;
import static io.upper.text.Texts.reply;
import static io.upper.text.Texts.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.upper.service.Service;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8UppercaseTest {
  private static final long SEED = 20_240_229;
  private static final HexFormat HEX = HexFormat.of();

  // Use more after a change to the mapping: mvn test -Dtest=Utf8UppercaseTest
  // -Dtest.strings=10000000
  private static final int STRINGS = Integer.getInteger("test.strings", 100_000);

  private final Random random = new Random(SEED);
  private final Service uppercase = Uppercase.of(TextCharset.UTF_8);

  @Test
  void everyCodePointIsMappedAsStringDoes() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (Character.getType(codePoint) != Character.SURROGATE) {
        String character = Character.toString(codePoint);
        byte[] expected = utf8(character.toUpperCase(Locale.ROOT));
        byte[] actual = remaining(uppercase.next(ByteBuffer.wrap(utf8(character))));
        // An assertion per code point would take longer than all the rest.
        if (!Arrays.equals(expected, actual)) {
          assertEquals(HEX.formatHex(expected), HEX.formatHex(actual), () -> "of " + character);
        }
      }
    }
    assertFalse(uppercase.end().hasRemaining());
  }

  @Test
  void everyAsciiByteIsMappedAtEveryPlaceOfAWord() {
    for (int letter = 0; letter < 0x80; letter++) {
      for (int place = 0; place < 2 * Long.BYTES; place++) {
        char[] text = "aZ{`@[mM".repeat(2).toCharArray();
        text[place] = (char) letter;
        assertMapped(new String(text));
      }
    }
  }

  @Test
  void noCharacterDependsOnItsNeighbours() {
    for (int i = 0; i < 2_000; i++) {
      assertMapped(Texts.random(random, 30));
    }
  }

  @Test
  void noCutChangesTheReply() {
    for (int i = 0; i < 200; i++) {
      String text = Texts.random(random, 30);
      assertAnyCut(utf8(text), utf8(text.toUpperCase(Locale.ROOT)));
    }
  }

  @Test
  void manyRandomStringsCutAtRandom() {
    for (int i = 0; i < STRINGS; i++) {
      String text =
          i % 2 == 0
              ? Texts.random(random, random.nextInt(20))
              : Texts.randomCodePoints(random, random.nextInt(20));
      byte[] stream = utf8(text);
      int[] cuts = random.ints(random.nextInt(4), 0, stream.length + 1).sorted().toArray();
      byte[] expected = utf8(text.toUpperCase(Locale.ROOT));
      byte[] actual = reply(uppercase, stream, cuts);
      if (!Arrays.equals(expected, actual)) {
        assertEquals(
            HEX.formatHex(expected),
            HEX.formatHex(actual),
            () -> HEX.formatHex(stream) + " cut at " + Arrays.toString(cuts));
      }
    }
  }

  @Test
  void bytesThatAreNotUtf8StayAndTheRestIsMapped() {
    for (int i = 0; i < 500; i++) {
      byte[] stream = randomBytes(random, 20);
      assertAnyCut(stream, reference(stream));
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "overlong /,            c0af",
    "overlong a,            c1a1",
    "three bytes overlong,   e081a1",
    "four bytes overlong,    f08081a1",
    "surrogate,             eda080",
    "last surrogate,        edbfbf",
    "beyond U+10FFFF,       f4908080",
    "no lead byte,          f5808080",
    "five bytes,            f888808080",
    "lone continuation,     80",
    "truncated é,           c3",
    "truncated emoji,       f09f98",
    "bytes never in UTF-8,  fffe",
  })
  void malformed(String why, String hex) {
    byte[] malformed = HEX.parseHex(hex);
    byte[] stream = join(utf8("é"), malformed, utf8("aé"), malformed, utf8("éa"), malformed);
    byte[] expected = join(utf8("É"), malformed, utf8("AÉ"), malformed, utf8("ÉA"), malformed);
    assertAnyCut(stream, expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"c3", "e3", "e381", "f0", "f09f", "f09f98", "61c3", "c3a9f09f98"})
  void anIncompleteCharacterIsHeldBackUntilTheEnd(String hex) {
    byte[] stream = HEX.parseHex(hex);
    int complete = stream.length;
    while (complete > 0 && (stream[complete - 1] & 0xC0) == 0x80) {
      complete--;
    }
    complete--;
    ByteBuffer piece = ByteBuffer.wrap(stream.clone());

    assertSame(piece, uppercase.next(piece));
    assertEquals(complete, piece.remaining());
    assertArrayEquals(
        Arrays.copyOfRange(stream, complete, stream.length), remaining(uppercase.end()));
    assertFalse(uppercase.end().hasRemaining());
    assertArrayEquals(utf8("NEXT"), reply(uppercase, utf8("next")));
  }

  @Test
  void whatIsHeldContinuesInAnotherInstance() {
    uppercase.next(ByteBuffer.wrap(HEX.parseHex("61c3")));
    Service other = Uppercase.of(TextCharset.UTF_8);

    assertArrayEquals(HEX.parseHex("c3"), remaining(uppercase.held()));
    assertFalse(other.next(uppercase.held()).hasRemaining());
    assertArrayEquals(utf8("ÉB"), reply(other, HEX.parseHex("a962")));
    assertArrayEquals(utf8("ÉB"), reply(uppercase, HEX.parseHex("a962")));
    assertFalse(uppercase.held().hasRemaining());
  }

  @Test
  void theNextStreamDoesNotOverwriteTheBytesReturnedByEnd() {
    uppercase.next(ByteBuffer.wrap(HEX.parseHex("e381")));
    ByteBuffer end = uppercase.end();
    uppercase.next(ByteBuffer.wrap(HEX.parseHex("f09f98")));

    assertArrayEquals(HEX.parseHex("e381"), remaining(end));
  }

  @Test
  void onlyLeadBytesAreHeldBack() {
    for (int one = 0; one <= 0xFF; one++) {
      boolean lead = one >= 0xC2 && one <= 0xF4;
      ByteBuffer reply = uppercase.next(ByteBuffer.wrap(new byte[] {(byte) one}));
      assertEquals(lead ? 0 : 1, reply.remaining(), "of " + one);
      assertEquals(lead ? 1 : 0, uppercase.end().remaining(), "of " + one);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "overlong,          e09f, 2",
    "not overlong,      e0a0, 0",
    "surrogate,         eda0, 2",
    "below surrogates,  ed9f, 0",
    "overlong,          f08f, 2",
    "not overlong,      f090, 0",
    "beyond U+10FFFF,   f490, 2",
    "up to U+10FFFF,    f48f, 0",
  })
  void onlyAnIncompleteCharacterIsHeldBack(String why, String hex, int replied) {
    ByteBuffer piece = ByteBuffer.wrap(HEX.parseHex(hex));

    assertEquals(replied, uppercase.next(piece).remaining());
    assertEquals(2 - replied, uppercase.end().remaining());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "eight by eight bytes", "Ünïcödé ß σς ა ﬃ 日本語 😀 𐐨"})
  void aTextThatKeepsItsLengthIsChangedInPlace(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    assertInPlace(text, upper, ByteBuffer.allocate(100));
    assertInPlace(text, upper, ByteBuffer.allocateDirect(100));
    assertInPlace(text, upper, ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN));
    assertInPlace(text, upper, ByteBuffer.allocateDirect(100).order(ByteOrder.LITTLE_ENDIAN));
    assertInPlace(text, upper, ByteBuffer.allocate(120).slice(7, 100));
    assertInPlace(text, upper, ByteBuffer.allocateDirect(120).slice(7, 100));
  }

  private void assertInPlace(String text, String upper, ByteBuffer buffer) {
    byte[] stream = utf8(text);
    byte[] before = utf8("before");
    byte[] after = utf8("after");
    buffer.put(before).put(stream).put(after);
    buffer.position(before.length).limit(before.length + stream.length);

    assertSame(buffer, uppercase.next(buffer));
    assertEquals(before.length, buffer.position());
    assertArrayEquals(utf8(upper), remaining(buffer));
    buffer.clear().limit(before.length + stream.length + after.length);
    assertArrayEquals(join(before, utf8(upper), after), remaining(buffer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ŉ", "ı", "aŉ", "éı", "all of ıt, then ŉ and ΐ, é", "ŉ日本語é"})
  void aTextThatChangesItsLengthIsMovedAndItsBufferConsumed(String text) {
    byte[] before = utf8("before");
    byte[] stream = utf8(text);
    for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(100), direct(100)}) {
      buffer.put(before).put(stream).put(utf8("after"));
      buffer.position(before.length).limit(before.length + stream.length);

      ByteBuffer reply = uppercase.next(buffer);

      assertNotSame(buffer, reply);
      assertArrayEquals(utf8(text.toUpperCase(Locale.ROOT)), remaining(reply));
      assertEquals(before.length + stream.length, buffer.position());
      assertFalse(buffer.hasRemaining());
      assertArrayEquals(before, remaining(buffer.flip().limit(before.length)));
      buffer.clear().position(before.length + stream.length).limit(buffer.position() + 5);
      assertArrayEquals(utf8("after"), remaining(buffer));
    }
  }

  @Test
  void aTextMayGrowThreefold() {
    String text = "ΐ".repeat(10_000);
    assertMapped(text);
    assertEquals(3 * utf8(text).length, reply(uppercase, utf8(text)).length);
  }

  @Test
  void aMovedPieceHoldsBackItsIncompleteEndToo() {
    byte[] stream = join(utf8("ŉ"), HEX.parseHex("e381"));
    ByteBuffer piece = ByteBuffer.wrap(stream);

    assertArrayEquals(utf8("ʼN"), remaining(uppercase.next(piece)));
    assertFalse(piece.hasRemaining());
    assertArrayEquals(HEX.parseHex("e381"), remaining(uppercase.end()));
  }

  @Test
  void asciiIsMappedWithoutAllocating() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuffer buffer = direct(100);
    int rounds = 10_000;
    uppercase.next(buffer);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < rounds; i++) {
      uppercase.next(buffer.clear());
      uppercase.end();
    }
    // The smallest object takes 16 bytes; the margin covers the measurement itself.
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 8L * rounds);
  }

  @Test
  void aTurkishDefaultLocaleChangesNothing() {
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertTrue("title".toUpperCase().startsWith("Tİ"), "the locale is in effect");
      assertArrayEquals(utf8("TITLE I ÉI"), reply(uppercase, utf8("title ı éi")));
      for (int i = 0; i < 100; i++) {
        assertMapped(Texts.random(random, 30));
      }
    } finally {
      Locale.setDefault(usual);
    }
  }

  private void assertMapped(String text) {
    String upper = new String(reply(uppercase, utf8(text)), StandardCharsets.UTF_8);
    assertEquals(text.toUpperCase(Locale.ROOT), upper);
  }

  private void assertAnyCut(byte[] stream, byte[] expected) {
    String expectedHex = HEX.formatHex(expected);
    for (int cut = 0; cut <= stream.length; cut++) {
      String where = HEX.formatHex(stream) + " cut at " + cut;
      assertEquals(expectedHex, HEX.formatHex(reply(uppercase, stream, cut)), where);
    }
    byte[] byteByByte = reply(uppercase, stream, everyByteOf(stream));
    assertEquals(expectedHex, HEX.formatHex(byteByByte), () -> HEX.formatHex(stream));
  }

  private static ByteBuffer direct(int capacity) {
    return ByteBuffer.allocateDirect(capacity);
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer joined = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
