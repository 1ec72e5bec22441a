package io.upper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcerptTest {

  /** Bytes in hex and their text: truncated and malformed characters are escaped. */
  @ParameterizedTest
  @CsvSource({
    "'',               ''",
    "68656c6c6f,       hello",
    "73c383c29f,       sÃ\\xc2\\x9f",
    "7374c3,           st\\xc3",
    "9f65,             \\x9fe",
    "f09f99,           \\xf0\\x9f\\x99",
    "f09f9982,         🙂",
    "610a0d00ff62,     a\\n\\x0d\\x00\\xffb",
    "22615c6e,         \\\"a\\\\n",
  })
  void text(String hex, String text) {
    assertEquals(text, Excerpt.text(Buffer.buffer(HexFormat.of().parseHex(hex))));
  }

  @Test
  void aLongTextIsTruncated() {
    String forty = "x".repeat(40);
    assertEquals("0 bytes", Excerpt.of(Buffer.buffer()));
    assertEquals("1 byte (\"x\")", Excerpt.of(Buffer.buffer("x")));
    assertEquals("40 bytes (\"" + forty + "\")", Excerpt.of(Buffer.buffer(forty)));
    assertEquals("41 bytes (\"" + forty + "\" …)", Excerpt.of(Buffer.buffer(forty + "y")));
  }
}
