package io.upper.stress;

import io.upper.client.Message;
import io.vertx.core.buffer.Buffer;

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

  /**
   * Compares bytes of a stream with the rest of the reply.
   *
   * @return the offset of the bytes behind the reply
   */
  int receive(Buffer bytes, int offset) {
    Buffer expected = message.expected();
    int length = Math.min(bytes.length() - offset, expected.length() - received);
    Buffer part = bytes.slice(offset, offset + length);
    wrong |= !part.equals(expected.slice(received, received + length));
    received += length;
    return offset + length;
  }

  /** Whether all bytes of the reply have arrived, right or wrong. */
  boolean isComplete() {
    return received == message.expected().length();
  }
}
