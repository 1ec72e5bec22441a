package io.upper.server;

import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;

/**
 * Receives what the servers of a Vert.x instance do, one event at a time, to show it. Without one
 * nothing is reported. Each method is called on the thread that does what it says, so it must be
 * fast and thread-safe, and must not throw.
 */
public interface ServerEvents extends Shareable {

  /** The observer of all requests. */
  RequestObserver requests();

  /** An instance of a server begins to listen; called on its event loop. */
  void joined(Protocol server);

  /**
   * A connection is about to be served; called on its event loop.
   *
   * @param client as in {@link RequestObserver#served}
   */
  void opened(String client);

  /**
   * A connection that was {@link #opened} is closed; called on its event loop.
   *
   * @param why the reason as in the access log: {@code client closed}
   */
  void closed(String client, String why);

  /**
   * The configuration has changed, or a change has failed; called on any event loop.
   *
   * @param text the log's line: {@code tcp/model: iterative -> event-loop}
   */
  void configured(String text);

  /** Makes servers that start from now on report to {@code events}. */
  static void install(Vertx vertx, ServerEvents events) {
    installed(vertx).put("events", events);
  }

  /** The installed receiver, or null. */
  static ServerEvents of(Vertx vertx) {
    return installed(vertx).get("events");
  }

  private static LocalMap<String, ServerEvents> installed(Vertx vertx) {
    return vertx.sharedData().getLocalMap("upper.server-events");
  }
}
