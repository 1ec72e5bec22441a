package io.upper.client;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Describes bytes in one line: how many, and their text. */
public final class Excerpt {
  private static final int MAX_BYTES = 40;

  private Excerpt() {}

  /** {@code 7 bytes ("straße")}; a long text is truncated. */
  public static String of(Buffer bytes) {
    String size = size(bytes);
    if (bytes.length() == 0) {
      return size;
    }
    return bytes.length() <= MAX_BYTES
        ? size + " (\"" + text(bytes) + "\")"
        : size + " (\"" + text(bytes.slice(0, MAX_BYTES)) + "\" …)";
  }

  /** {@code 1 byte}, {@code 7 bytes}. */
  public static String size(Buffer bytes) {
    return bytes.length() == 1 ? "1 byte" : bytes.length() + " bytes";
  }

  /** UTF-8 as text; malformed bytes, truncated characters and controls as {@code \xc3}. */
  public static String text(Buffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes.getBytes());
    CharBuffer out = CharBuffer.allocate(bytes.length() + 1);
    StringBuilder text = new StringBuilder();
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      append(text, out.flip());
      out.clear();
      if (result.isUnderflow()) {
        return text.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.append(escape(in.get()));
      }
      decoder.reset();
    }
  }

  private static void append(StringBuilder text, CharBuffer characters) {
    while (characters.hasRemaining()) {
      char character = characters.get();
      if (character == '\n') {
        text.append("\\n");
      } else if (character == '"' || character == '\\') {
        text.append('\\').append(character);
      } else if (Character.isISOControl(character)) {
        for (byte part : String.valueOf(character).getBytes(StandardCharsets.UTF_8)) {
          text.append(escape(part));
        }
      } else {
        text.append(character);
      }
    }
  }

  private static String escape(byte value) {
    return String.format(Locale.ROOT, "\\x%02x", value & 0xff);
  }
}
