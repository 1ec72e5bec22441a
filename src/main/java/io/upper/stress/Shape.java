package io.upper.stress;

import java.util.Locale;

/** How a client behaves; all but the first hurt a server that is not careful. */
public enum Shape {
  /** Sends a request, reads its reply, goes on. */
  NORMAL,
  /** Reads its replies slowly. */
  SLOW_READER,
  /** Sends each request a byte at a time. */
  BYTE_BY_BYTE,
  /** Sends all its requests at once, then the end of its input, then reads all replies. */
  HALF_CLOSE,
  /** Breaks the connection off (RST) at the first byte of a reply, then connects again. */
  RESET,
  /** Connects and says nothing. */
  IDLE;

  /** The word for it on the command line: {@code slow-reader}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
