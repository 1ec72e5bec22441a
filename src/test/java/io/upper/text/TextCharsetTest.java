package io.upper.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import org.junit.jupiter.api.Test;

class TextCharsetTest {
  @Test
  void theWordsOfTheConfiguration() {
    assertEquals("utf-8", TextCharset.UTF_8.word());
    assertEquals("ascii", TextCharset.ASCII.word());
  }

  @Test
  void eachUtf8StreamHasAnObjectOfItsOwn() {
    assertNotSame(Uppercase.of(TextCharset.UTF_8), Uppercase.of(TextCharset.UTF_8));
  }
}
