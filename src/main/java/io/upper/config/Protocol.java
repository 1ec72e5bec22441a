package io.upper.config;

import java.util.Locale;

/** The protocols that the service is offered over. */
public enum Protocol {
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

  /** The word for it in the configuration and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
