package io.upper.check;

import io.upper.text.Word;

/** When a server replies: found by asking it, never graded. */
public enum Framing implements Word {
  /** To whatever has arrived. */
  STREAM("as bytes arrive"),
  /** To a complete line. */
  LINE("to each line"),
  /** The same, and its own lines end with CR LF. */
  CRLF_LINE("to each line, ending with CR LF"),
  /** UDP. */
  DATAGRAM("to each datagram"),
  /** Once, when the client has ended its side. */
  END("at the end of the input");

  private final String word;

  Framing(String word) {
    this.word = word;
  }

  /** Whether it needs the end of a line. */
  public boolean byLine() {
    return this == LINE || this == CRLF_LINE;
  }

  @Override
  public String word() {
    return word;
  }
}
