package io.upper.stress;

import java.util.Locale;

/**
 * What can go wrong with a request; each request has at most one, but for the two that come extra.
 */
public enum Fault {
  /** The server does not listen, or cannot be reached. */
  REFUSED,
  /** The server broke the connection off (RST). */
  RESET,
  /** TCP, TLS: nothing of the reply came in time. */
  TIMED_OUT,
  /** A whole reply, but not the request's uppercase; or bytes that nobody asked for. */
  WRONG,
  /**
   * TCP, TLS: a reply that began, but did not become whole in time or before the connection ended.
   */
  TORN,
  /** The connection ended in order before the reply; UDP: no reply in time. */
  LOST,
  /** UDP: a reply that came after its time; its request no longer counts as lost. */
  LATE,
  /** UDP: one more reply to a request that was answered already: comes extra. */
  DUPLICATE;

  /** The word for it in reports and conditions: {@code timed-out}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
