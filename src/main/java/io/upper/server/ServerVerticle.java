package io.upper.server;

import io.vertx.core.Deployable;

/** What every server's verticle offers to who deployed it. */
public interface ServerVerticle extends Deployable {

  /** The port that the server listens on, once the verticle is deployed; all instances have one. */
  int actualPort();
}
