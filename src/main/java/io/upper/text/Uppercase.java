package io.upper.text;

import java.nio.ByteBuffer;

/**
 * Maps the bytes of one stream to those of its uppercase, piece by piece: the replies of all {@link
 * #next} and of {@link #end}, put together, do not depend on where the stream was cut.
 *
 * <p>One object serves one stream at a time and one thread at a time.
 */
public interface Uppercase {
  /**
   * Returns the mapping of a charset.
   *
   * @param charset how the stream's bytes are read
   * @return an object ready for a stream; those of {@link TextCharset#ASCII} are one and the same,
   *     which any number of streams and threads may share
   */
  static Uppercase of(TextCharset charset) {
    return charset.uppercase();
  }

  /**
   * Maps the next bytes of the stream, all of them from position to limit.
   *
   * <p>The bytes are changed in place and {@code bytes} itself is returned, its position untouched
   * and its limit reduced by what is held back (an incomplete character at the end, at most 3
   * bytes). Only when this cannot be, because a character changes its length or the piece completes
   * a character held back before, a new heap buffer is returned; then {@code bytes} is left without
   * remaining bytes, and what it held is lost. ASCII bytes alone never cause an allocation.
   *
   * @param bytes direct or on the heap, of either byte order, not read-only
   * @return a buffer whose bytes from position to limit are the reply: possibly none, at most three
   *     times those held back and given
   */
  ByteBuffer next(ByteBuffer bytes);

  /**
   * Ends the stream; the object is then ready for another one.
   *
   * @return the bytes held back, as they came: at most 3, usually none
   */
  ByteBuffer end();

  /** The uppercase of a whole text, of any length. */
  static byte[] of(byte[] text, TextCharset charset) {
    Uppercase uppercase = of(charset);
    ByteBuffer mapped = uppercase.next(ByteBuffer.wrap(text.clone()));
    ByteBuffer rest = uppercase.end();
    byte[] all = new byte[mapped.remaining() + rest.remaining()];
    ByteBuffer.wrap(all).put(mapped).put(rest);
    return all;
  }
}
