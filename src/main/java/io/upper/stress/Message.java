package io.upper.stress;

import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * What a client sends, and what it must get.
 *
 * @param bytes the request
 * @param expected its uppercase, to the byte
 */
record Message(Buffer bytes, Buffer expected) {

  static Message of(String text, TextCharset charset) {
    byte[] expected = Uppercase.of(text.getBytes(StandardCharsets.UTF_8), charset);
    return new Message(Buffer.buffer(text), Buffer.buffer(expected));
  }

  /** The same behind a tag that uppercase does not change. */
  Message tagged(String tag) {
    return new Message(
        Buffer.buffer(tag).appendBuffer(bytes), Buffer.buffer(tag).appendBuffer(expected));
  }
}
