package io.upper.stress;

import io.upper.client.Message;

/** A request of one client; all times are of {@link System#nanoTime}. */
final class Request {
  /** Its index among the client's requests, from 0. */
  final long number;

  final Message message;

  /** The planned time of sending; in a closed loop the actual one. */
  long planned;

  /** Whether it counts, that is, was due after the warm-up. */
  final boolean counts;

  /** The time of sending. */
  long sent;

  /** Number of reply bytes received. */
  int received;

  /** Whether those differ from the expected ones. */
  boolean wrong;

  Request(long number, Message message, long planned, boolean counts) {
    this.number = number;
    this.message = message;
    this.planned = planned;
    this.counts = counts;
  }
}
