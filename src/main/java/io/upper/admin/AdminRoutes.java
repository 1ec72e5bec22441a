package io.upper.admin;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetSocketAddress;

/**
 * Further paths of the admin port, which belong to whoever creates the {@link AdminVerticle}. All
 * methods but {@link #stopping} are called on the verticle's event loop, so none may block.
 */
public interface AdminRoutes {

  /** No further paths. */
  AdminRoutes NONE = request -> false;

  /** The verticle starts; neither the admin port nor a server listens yet. */
  default void start(Vertx vertx) {}

  /**
   * The admin port is bound.
   *
   * @param address the first of its addresses
   */
  default void listening(InetSocketAddress address) {}

  /**
   * Serves a request, if its path is one of these.
   *
   * @return false, with the request untouched, if it is not
   */
  boolean handle(HttpServerRequest request);

  /** The process is about to stop. Called on any thread; does not block. */
  default void stopping() {}

  /** The verticle stops, after the servers have drained: ends the responses that last. */
  default void stop() {}
}
