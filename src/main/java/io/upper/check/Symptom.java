package io.upper.check;

import io.upper.text.Word;
import java.util.Locale;

/** What a client sees of a fault. */
public enum Symptom implements Word {
  /** It cannot connect. */
  NO_CONNECTION,
  /** The TLS handshake fails, or is not completed in time. */
  HANDSHAKE,
  /** A byte differs from the expected one. */
  WRONG_BYTES,
  /** More came than was asked for. */
  EXTRA_BYTES,
  /** The server ended the connection before it had replied to everything. */
  EARLY_END,
  /** The connection was reset. */
  RESET,
  /** A reply did not come in time. */
  NO_REPLY,
  /** The server did not end the connection in time. */
  NO_END,
  /** The server takes input without bound. */
  NO_BACK_PRESSURE,
  /** The server's memory grows without bound. */
  MEMORY,
  /** The server cannot be started again. */
  NO_START,
  /** A process still runs that should have ended. */
  NO_EXIT,
  /** A process that cannot do its work ends as if it had done it. */
  NO_ERROR,
  /** The server uses a processor without doing anything. */
  BUSY_LOOP;

  /** Whether the time limit decided, so that a busy machine may be the cause. */
  public boolean timing() {
    return switch (this) {
      case NO_CONNECTION, HANDSHAKE, NO_REPLY, NO_END, NO_EXIT -> true;
      default -> false;
    };
  }

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
