package io.upper.stress;

import java.util.Locale;

/** Why a request was sent late, or not at all. */
public enum Delay {
  /** Its client was free: the generator itself lagged. */
  GENERATOR,
  /** Its client was connecting or in its TLS handshake. */
  CONNECTING,
  /** Its client was waiting for an earlier reply, or for the server to read. */
  WAITING,
  /** A limit of the generator's machine: see {@link Refusal#isOwn}. */
  LIMIT;

  /** Its name in reports: {@code connecting}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
