package org.example.reverse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.service.Service;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service with messages must get right: cuts, the end of the input, the bound. */
class ReversedLinesTest {
  private static final String LINES = "hello\nañ€🙂\r\n\n\r\nlast line";
  private static final String REVERSED = "olleh\n🙂€ña\r\n\n\r\nenil tsal";

  /** A conversation whose input comes in pieces that begin at these indexes. */
  private static byte[] reply(Service service, byte[] input, int... cuts) {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    int start = 0;
    for (int cut : cuts) {
      add(reply, service.next(ByteBuffer.wrap(Arrays.copyOfRange(input, start, cut))));
      start = cut;
    }
    add(reply, service.next(ByteBuffer.wrap(Arrays.copyOfRange(input, start, input.length))));
    add(reply, service.end());
    return reply.toByteArray();
  }

  private static void add(ByteArrayOutputStream reply, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    reply.writeBytes(copy);
  }

  @Test
  void theReplyDoesNotDependOnTheCuts() {
    byte[] input = LINES.getBytes(UTF_8);
    Service service = new ReversedLines(100);
    for (int first = 0; first <= input.length; first++) {
      for (int second = first; second <= input.length; second++) {
        assertEquals(REVERSED, new String(reply(service, input, first, second), UTF_8));
      }
    }
  }

  @Test
  void bytesOutsideTheRequestAreUntouched() {
    ByteBuffer shared = ByteBuffer.wrap("ab\ncd\nef\n".getBytes(UTF_8)).position(3).limit(6);
    ByteBuffer reply = new ReversedLines(100).next(shared);
    assertEquals("dc\n", UTF_8.decode(reply).toString());
    assertEquals("ab\ndc\nef\n", UTF_8.decode(shared.clear()).toString());
  }

  /** What {@link Reverse#repeatable} promises. */
  @Test
  void anotherInstanceGoesOnFromWhatIsHeld() {
    byte[] input = LINES.getBytes(UTF_8);
    for (int cut = 0; cut < input.length; cut++) {
      Service first = new ReversedLines(100);
      first.next(ByteBuffer.wrap(Arrays.copyOf(input, cut)));
      ByteBuffer held = first.held();
      byte[] rest = Arrays.copyOfRange(input, cut, input.length);
      Service second = new ReversedLines(100);
      assertEquals(0, second.next(held).remaining());
      assertArrayEquals(reply(first, rest), reply(second, rest), "cut at " + cut);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreMoved() {
    byte[] input = "\u0080a\u00ff\u00c3b\u00bf\n".getBytes(ISO_8859_1);
    byte[] reply = reply(new ReversedLines(100), input);
    assertEquals("b\u00bf\u00c3\u00ffa\u0080\n", new String(reply, ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5})
  void aLineThatIsTooLongFails(int cut) {
    byte[] longest = "1234\r\n".getBytes(UTF_8);
    assertEquals("4321\r\n", new String(reply(new ReversedLines(5), longest, cut), UTF_8));
    for (String tooLong : new String[] {"123456\n", "123456", "12345\r\n"}) {
      byte[] input = tooLong.getBytes(UTF_8);
      assertThrows(
          IllegalStateException.class, () -> reply(new ReversedLines(5), input, cut), tooLong);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1_048_577})
  void theSettingHasBounds(int bytes) {
    Map<String, Object> settings = Map.of("maxLineBytes", bytes);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Reverse().create(settings));
    assertEquals("maxLineBytes: " + bytes + " is not in 1..1048576", refused.getMessage());
  }
}
