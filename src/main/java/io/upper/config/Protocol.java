package io.upper.config;

import io.upper.text.Word;

/** The protocols that the service is offered over. */
public enum Protocol implements Word {
  TCP(2000),
  UDP(2000),
  TLS(2443);

  private final int defaultPort;

  Protocol(int defaultPort) {
    this.defaultPort = defaultPort;
  }

  /** The port that a client takes when none is named. */
  public int defaultPort() {
    return defaultPort;
  }
}
