package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MarkupTest {
  @Test
  void textBecomesNoMarkup() {
    assertEquals(
        "&lt;a b=&quot;c&quot;&gt; &amp;amp; &#39;ñ🙂", Markup.escape("<a b=\"c\"> &amp; 'ñ🙂"));
  }

  @Test
  void charactersThatXmlCannotHoldAreReplaced() {
    assertEquals("a\uFFFDb\uFFFDc\uFFFD\t\n", Markup.escape("a\u0000b\u001bc\ud800\t\n"));
  }
}
