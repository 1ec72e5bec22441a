package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Models;
import java.util.function.Function;

/**
 * Serves uppercase over TCP. Deployed with the {@code tcp} section of the configuration; settings
 * left out have their defaults.
 */
public final class TcpServerVerticle extends StreamServerVerticle {

  public TcpServerVerticle() {
    this(Models::create);
  }

  /** One of the instances of a server, each a deployment of its own. */
  TcpServerVerticle(ServerGroup group) {
    super(Protocol.TCP, group);
  }

  /** With other models than those of the configuration. */
  TcpServerVerticle(Function<ServerSettings, ConcurrencyModel> models) {
    super(Protocol.TCP, models);
  }
}
