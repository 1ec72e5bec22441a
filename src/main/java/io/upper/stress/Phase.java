package io.upper.stress;

/** The measured phases of a request, in nanoseconds. */
public enum Phase {
  /** From the SYN until the connection is established. */
  CONNECT("connect"),
  /** The TLS handshake. */
  HANDSHAKE("handshake"),
  /** From sending the request to the first byte of its reply. */
  FIRST_BYTE("first byte"),
  /** From sending the request to the end of its reply: the raw service time. */
  REPLY("whole reply"),
  /**
   * From the planned time of sending to the end of the reply. In a closed loop that equals {@link
   * #REPLY}; in an open loop it includes the time that requests wait behind a slow reply
   * (coordinated omission: Gil Tene, wrk2).
   */
  CORRECTED("corrected"),
  /**
   * For each client, not for each request: the longest time that it has waited for a reply, from
   * the first request without one, lost ones included.
   */
  GAP("longest gap");

  private final String label;

  Phase(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
