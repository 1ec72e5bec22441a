package io.upper.config;

import io.upper.text.Word;

/** The protocols of the server. */
public enum Protocol implements Word {
  TCP(2000),
  UDP(2000),
  TLS(2443);

  private final int defaultPort;

  Protocol(int defaultPort) {
    this.defaultPort = defaultPort;
  }

  /** The port that a client uses by default. */
  public int defaultPort() {
    return defaultPort;
  }
}
