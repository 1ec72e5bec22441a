package io.upper.server;

import io.vertx.core.Deployable;
import io.vertx.core.Future;

/**
 * The verticle of one server. Other programs may deploy it too.
 *
 * <p><b>Configuration:</b> the server's own section ({@code tcp}), with {@code job}, {@code
 * drainSeconds} and the sections of the services beside its settings; missing settings have their
 * defaults. {@code enabled} and {@code instances} have no effect: the {@link
 * io.vertx.core.DeploymentOptions} say how many instances there are. They share one port, even if
 * it is 0.
 *
 * <p><b>Deployment</b> completes when the instance listens. It fails with a one-line message: the
 * JSON pointer of a setting and what is wrong with it, or why the server cannot listen.
 *
 * <p><b>Undeployment</b>, which closing Vert.x includes, stops accepting, replies to everything in
 * flight within {@code drainSeconds}, and closes the connections.
 *
 * <p>It logs with SLF4J, by class name; {@code upper.access} logs each connection at level INFO,
 * and {@code upper.requests} each request at level DEBUG.
 */
public interface ServerVerticle extends Deployable {

  /**
   * The port that the server listens on, once the verticle is deployed; the same for all instances;
   * 0 with a {@code path}.
   */
  int actualPort();

  /**
   * Completes when the address is free for another server, some time after the verticle begins to
   * stop.
   */
  Future<Void> unbound();
}
