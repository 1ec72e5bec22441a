package org.example.reverse;

import io.upper.service.Service;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Replies to each line with its characters in reverse order. The line's end (LF or CR LF) stays
 * where it is. A last line without an end is answered when the client ends its input.
 *
 * <p>A character is a Unicode code point in UTF-8, not what a reader sees as one: the accent of "e"
 * followed by U+0301 moves to another letter. Which code points form one visible character changes
 * with each version of Unicode, and so of Java; but a service that is {@link Reverse#repeatable}
 * must reply the same on every machine. Bytes that are not UTF-8 are moved, never lost: a reply is
 * as long as its line.
 *
 * <p>For another protocol with messages copy this class and replace {@link #endOfMessages}, which
 * finds the end of the last complete message, and {@link #replyTo}, which answers complete
 * messages.
 */
final class ReversedLines implements Service {
  private final int maxLineBytes;
  // The unfinished line: at most maxLineBytes.
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream(0);

  /**
   * @param maxLineBytes maximum number of bytes before a line feed, at least 1; a longer line ends
   *     the conversation, since nothing else bounds what a service keeps
   */
  ReversedLines(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  @Override
  public ByteBuffer next(ByteBuffer bytes) {
    int end = endOfMessages(bytes);
    ByteBuffer rest = bytes.slice(end, bytes.limit() - end);
    ByteBuffer lines = bytes.limit(end);
    if (lines.hasRemaining() && unfinished.size() > 0) {
      lines =
          ByteBuffer.allocate(unfinished.size() + lines.remaining())
              .put(unfinished.toByteArray())
              .put(lines)
              .flip();
      unfinished.reset();
    }
    // Usually the caller's buffer: it is changed in place, and nothing is copied.
    replyTo(lines);
    keep(rest);
    return lines;
  }

  /** The index after the last complete line; the buffer's position if there is none. */
  private static int endOfMessages(ByteBuffer bytes) {
    int end = bytes.limit();
    while (end > bytes.position() && bytes.get(end - 1) != '\n') {
      end--;
    }
    return end;
  }

  /** Turns complete lines into their replies. */
  private void replyTo(ByteBuffer lines) {
    int start = lines.position();
    for (int i = start; i < lines.limit(); i++) {
      if (lines.get(i) == '\n') {
        requireBound(i - start);
        reverse(lines, start, i > start && lines.get(i - 1) == '\r' ? i - 1 : i);
        start = i + 1;
      }
    }
  }

  private void keep(ByteBuffer rest) {
    requireBound(unfinished.size() + rest.remaining());
    byte[] copy = new byte[rest.remaining()];
    rest.get(copy);
    unfinished.writeBytes(copy);
  }

  private void requireBound(int bytes) {
    if (bytes > maxLineBytes) {
      throw new IllegalStateException("a line has more than " + maxLineBytes + " bytes");
    }
  }

  /** Reverses the bytes, then those of each character once more. */
  private static void reverse(ByteBuffer text, int start, int end) {
    reverseBytes(text, start, end);
    for (int first = start, last = start; last < end; last++) {
      if (!isContinuation(text.get(last))) {
        reverseBytes(text, first, last + 1);
        first = last + 1;
      }
    }
  }

  private static void reverseBytes(ByteBuffer text, int start, int end) {
    for (int low = start, high = end - 1; low < high; low++, high--) {
      byte swapped = text.get(low);
      text.put(low, text.get(high)).put(high, swapped);
    }
  }

  /** Whether it is the second or a later byte of a character (RFC 3629, section 3). */
  private static boolean isContinuation(byte one) {
    return (one & 0xC0) == 0x80;
  }

  @Override
  public ByteBuffer end() {
    ByteBuffer last = held();
    unfinished.reset();
    reverse(last, 0, last.limit());
    return last;
  }

  @Override
  public ByteBuffer held() {
    return ByteBuffer.wrap(unfinished.toByteArray());
  }
}
