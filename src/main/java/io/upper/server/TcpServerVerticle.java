package io.upper.server;

import io.upper.config.Protocol;

/**
 * Serves uppercase over TCP. Deployed with the {@code tcp} section of the configuration; settings
 * left out have their defaults.
 */
public final class TcpServerVerticle extends StreamServerVerticle {

  public TcpServerVerticle() {
    super(Protocol.TCP);
  }
}
