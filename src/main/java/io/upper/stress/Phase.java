package io.upper.stress;

/** The times that are measured of a request, in nanoseconds. */
public enum Phase {
  /** From the connection's SYN to its being established. */
  CONNECT("connect"),
  /** From then to the end of the TLS handshake. */
  HANDSHAKE("handshake"),
  /** From sending a request to the first byte of its reply. */
  FIRST_BYTE("first byte"),
  /** From sending a request to the end of its reply: the raw service time. */
  REPLY("whole reply"),
  /**
   * From the instant at which a request was planned to be sent to the end of its reply. In a closed
   * loop the plan is to send at once, so this is {@link #REPLY}; in an open loop it holds the
   * waiting that a slow server causes to those behind (coordinated omission: Gil Tene, wrk2).
   */
  CORRECTED("corrected");

  private final String label;

  Phase(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
