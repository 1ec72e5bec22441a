package io.upper.live;

/** A button cannot do what it is for; the message is one line for the user. */
final class Refusal extends RuntimeException {
  static final int BAD_REQUEST = 400;
  static final int CONFLICT = 409;

  private static final long serialVersionUID = 1;

  private final int status;

  private Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** What was asked for is wrong. */
  static Refusal wrong(String message) {
    return new Refusal(BAD_REQUEST, message);
  }

  /** It is not possible now. */
  static Refusal notNow(String message) {
    return new Refusal(CONFLICT, message);
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
