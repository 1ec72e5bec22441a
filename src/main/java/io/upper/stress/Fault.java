package io.upper.stress;

import io.upper.text.Word;

/**
 * The ways a request can fail. A request has at most one fault; DUPLICATE and unsolicited bytes are
 * counted in addition.
 */
public enum Fault implements Word {
  /** The connection was refused, or the server is unreachable. */
  REFUSED,
  /** The server reset the connection (RST). */
  RESET,
  /** TCP, TLS: no byte of the reply arrived within the timeout. */
  TIMED_OUT,
  /** A complete but incorrect reply, or unsolicited bytes. */
  WRONG,
  /**
   * A partial reply: TCP and TLS at the timeout or when the connection ended, UDP a truncated
   * datagram.
   */
  TORN,
  /** The connection was closed cleanly before the reply; UDP: no reply within the timeout. */
  LOST,
  /** UDP: a reply after the timeout; its request no longer counts as lost. */
  LATE,
  /** UDP: another reply to a request that already has one. */
  DUPLICATE
}
