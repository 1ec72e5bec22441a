package io.upper.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import org.junit.jupiter.api.Test;

class TextCharsetTest {
  @Test
  void namesInTheConfiguration() {
    assertEquals("utf-8", TextCharset.UTF_8.toString());
    assertEquals("ascii", TextCharset.ASCII.toString());
  }

  @Test
  void eachUtf8StreamHasItsOwnInstance() {
    assertNotSame(Uppercase.of(TextCharset.UTF_8), Uppercase.of(TextCharset.UTF_8));
  }
}
