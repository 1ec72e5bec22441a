package io.upper.check.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.Observation;
import io.upper.check.Reports;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake has its sentence, and a text like it that is another one has not. */
class WrongBytesTest {
  private static void assertSays(String words, String expected, byte[] received) {
    Observation seen = Reports.saw(expected, received);
    boolean extra = seen.difference() == seen.expectedCount();
    String said = extra ? WrongBytes.extra(seen) : WrongBytes.of(seen, List.of());
    assertTrue(said.contains(words), said);
  }

  @ParameterizedTest
  @CsvSource({
    "HELLOWORLD, HELLO\\nWORLD, adds a line end",
    "HELLOWORLD, HELLO\\r\\nWORLD, adds a line end",
    "HELLOBIGWORLD, HELLO\\nBIG\\nWORLD, adds a line end",
    "HELLO\\nWORLD, HELLO\\r\\nWORLD, adds a line end",
    "HELLO, HELLO\\n, adds a line end",
    "HELLO, HELLO\\r\\n, adds a line end",
    "HELLOWORLD, HELLO\\nABCDEF, another one",
    "HELLOWORLD, HELLO\\0\\0\\0, never filled",
    "HELLO, HELLO\\0\\0\\0, never filled",
    "HELLO, HELLOLLO, more than it has received",
    "ONETWOTHREE, TWOONETHREE, overtaken",
    "ONETWOTHREE, ONETHREE, missing",
    "ONETWOTHREE, ONEXYZABCDE, another one",
    "TIP, TİP, Turkish",
    "TÍP, TİP, another one",
    "TIP, TiP, not mapped",
    "JOSÉ, JOSé, not mapped",
    "JOSÉ, JOS?, question mark",
    "JOSÉ A, JOS\uFFFD A, U+FFFD"
  })
  void aText(String expected, String received, String words) {
    assertSays(words, plain(expected), plain(received).getBytes(UTF_8));
  }

  private static String plain(String text) {
    return text.replace("\\n", "\n").replace("\\r", "\r").replace("\\0", "\0");
  }

  @ParameterizedTest
  @CsvSource({"JOSÉ Y", "MAÑANA", "JOSÉ", "ÀÑÉ"})
  void latin1(String text) {
    assertSays("encoded in Latin-1", text, text.getBytes(ISO_8859_1));
  }

  /** The server maps what it has decoded, and encodes it as UTF-8. */
  @ParameterizedTest
  @CsvSource({"josé y", "mañana", "ñandú", "дом"})
  void utf8DecodedAsLatin1(String text) {
    String decoded = new String(text.getBytes(UTF_8), ISO_8859_1);
    assertSays(
        "decoded as Latin-1",
        text.toUpperCase(Locale.ROOT),
        decoded.toUpperCase(Locale.ROOT).getBytes(UTF_8));
  }

  @Test
  void bytesOfAnotherClient() {
    Observation other = Reports.saw("OTHERS", new byte[0]);
    String said = WrongBytes.of(Reports.saw("HELLO", "OTHERS".getBytes(UTF_8)), List.of(other));
    assertTrue(said.contains("the client at port 40000 waits for"), said);
  }
}
