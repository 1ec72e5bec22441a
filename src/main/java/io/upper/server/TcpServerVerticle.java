package io.upper.server;

import io.upper.config.Protocol;
import io.upper.model.Models;
import io.vertx.core.Context;
import java.util.function.Function;

/** Serves over TCP. Deployed with the {@code tcp} section: see {@link ServerVerticle}. */
public final class TcpServerVerticle extends StreamServerVerticle {

  public TcpServerVerticle() {
    this(ServerGroup.ofDeployment(Protocol.TCP, Models::create));
  }

  /**
   * @param group finds the group that an instance joins
   */
  TcpServerVerticle(Function<Context, ServerGroup> group) {
    super(group);
  }
}
