package io.upper.stress;

import io.upper.client.Message;

/** A request on its way; all times are of {@link System#nanoTime}. Belongs to one client. */
final class Request {
  /** Its place among the client's requests, from 0. */
  final long number;

  final Message message;

  /** When it was due; in a closed loop, when it was sent. */
  long planned;

  /** Whether it counts: it was due after the warm-up. */
  final boolean counts;

  /** When it was sent. */
  long sent;

  /** How many bytes of the reply have come. */
  int received;

  /** Whether they differ from what was expected. */
  boolean wrong;

  Request(long number, Message message, long planned, boolean counts) {
    this.number = number;
    this.message = message;
    this.planned = planned;
    this.counts = counts;
  }
}
