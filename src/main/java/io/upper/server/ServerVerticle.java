package io.upper.server;

import io.vertx.core.Deployable;
import io.vertx.core.Future;

/** What every server's verticle offers to who deployed it. */
public interface ServerVerticle extends Deployable {

  /** The port that the server listens on, once the verticle is deployed; all instances have one. */
  int actualPort();

  /**
   * Completes when the address is free for another server, some time after the verticle is told to
   * stop.
   */
  Future<Void> unbound();
}
