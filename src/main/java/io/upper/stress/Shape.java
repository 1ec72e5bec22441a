package io.upper.stress;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

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

  // What a slow reader waits between two reads, and a byte-by-byte writer between two bytes.
  static final long SLOW_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  static final long SLOW_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  // SO_RCVBUF of a slow reader.
  static final int SLOW_READ_BYTES = 4_096;

  /** The time that a client itself takes for a request of so many bytes, or its reply. */
  public Duration ownTime(int bytes) {
    return switch (this) {
      case SLOW_READER -> Duration.ofNanos(bytes / SLOW_READ_BYTES * SLOW_READ_NANOS);
      case BYTE_BY_BYTE -> Duration.ofNanos(bytes * SLOW_WRITE_NANOS);
      default -> Duration.ZERO;
    };
  }

  /** The word for it on the command line: {@code slow-reader}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
