package io.upper.stress;

import io.upper.text.Word;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How a client behaves; all but the first stress a server's weak points. */
public enum Shape implements Word {
  /** Sends a request, reads the reply, and repeats. */
  NORMAL,
  /** Reads its replies slowly. */
  SLOW_READER,
  /** Sends each request one byte at a time. */
  BYTE_BY_BYTE,
  /** Sends all requests at once, half-closes, then reads all replies. */
  HALF_CLOSE,
  /** Resets the connection (RST) at the first byte of a reply, then reconnects. */
  RESET,
  /** Connects and sends nothing. */
  IDLE;

  // Pause of a slow reader between reads, and of a byte-by-byte writer between bytes.
  static final long SLOW_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  static final long SLOW_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  // SO_RCVBUF of a slow reader.
  static final int SLOW_READ_BYTES = 4_096;

  /** The time that the client itself spends on a request or reply of this size. */
  public Duration ownTime(int bytes) {
    return switch (this) {
      case SLOW_READER -> Duration.ofNanos(bytes / SLOW_READ_BYTES * SLOW_READ_NANOS);
      case BYTE_BY_BYTE -> Duration.ofNanos(bytes * SLOW_WRITE_NANOS);
      default -> Duration.ZERO;
    };
  }
}
