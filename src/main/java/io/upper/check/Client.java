package io.upper.check;

/** A client of a checked server, as far as evidence needs it. Not thread-safe. */
public interface Client {

  /** How it stands. */
  enum State {
    CONNECTING,
    OPEN,
    /** The server has sent its FIN. */
    SERVER_ENDED,
    /** By the server. */
    RESET,
    /** It could not connect. */
    FAILED
  }

  /** Its state. */
  State state();

  /** Its port; 0 if it never was connected. */
  int port();

  /** Whether it reads what comes. */
  default boolean reads() {
    return true;
  }

  /** What happened. */
  Transcript transcript();

  /** What it expects. */
  byte[] expected();

  /** What it has received. */
  byte[] received();

  /** The position of the first byte that differs, or is missing, or is too much. */
  int firstDifference();
}
