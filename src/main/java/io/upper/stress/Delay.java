package io.upper.stress;

import io.upper.text.Word;

/** Why a request was sent late, or not at all. */
public enum Delay implements Word {
  /** Its client was free: the generator itself lagged. */
  GENERATOR,
  /** Its client was connecting or in its TLS handshake. */
  CONNECTING,
  /** Its client was waiting for an earlier reply, or for the server to read. */
  WAITING,
  /** A limit of the generator's machine: see {@link Refusal#isOwn}. */
  LIMIT
}
