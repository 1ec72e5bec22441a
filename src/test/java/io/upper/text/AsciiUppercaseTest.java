package io.upper.text;

import static io.upper.text.Texts.remaining;
import static io.upper.text.Texts.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.upper.service.Service;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AsciiUppercaseTest {
  private final Service uppercase = Uppercase.of(TextCharset.ASCII);

  @Test
  void onlyAToZChangeAtAnyOffsetOfAWord() {
    for (int one = 0; one <= 0xFF; one++) {
      for (int place = 0; place < 2 * Long.BYTES; place++) {
        byte[] stream = utf8("az{`@[AZ".repeat(2));
        byte[] expected = utf8("AZ{`@[AZ".repeat(2));
        stream[place] = (byte) one;
        expected[place] = (byte) (one >= 'a' && one <= 'z' ? one - 'a' + 'A' : one);

        uppercase.next(ByteBuffer.wrap(stream));

        assertArrayEquals(expected, stream, "byte " + one + " at " + place);
      }
    }
  }

  @Test
  void changesInPlaceFromPositionToLimit() {
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20)}) {
      buffer.put(utf8("before éß after")).position(4).limit(13);

      assertSame(buffer, uppercase.next(buffer));
      assertArrayEquals(utf8("RE éß A"), remaining(buffer));
      assertArrayEquals(utf8("befoRE éß After"), remaining(buffer.position(0).limit(17)));
    }
  }

  @Test
  void holdsNothingBack() {
    ByteBuffer cut = ByteBuffer.wrap(new byte[] {'a', (byte) 0xC3});

    assertEquals(2, uppercase.next(cut).remaining());
    assertFalse(uppercase.end().hasRemaining());
  }
}
