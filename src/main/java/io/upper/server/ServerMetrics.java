package io.upper.server;

import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.time.Instant;

/**
 * Hears what the servers of a Vert.x do, to count it. Usually there is none, and then nothing is
 * counted. Thread-safe.
 */
public interface ServerMetrics extends Shareable {

  /** What happens on one event loop of a server; called on that loop alone. */
  interface Loop {

    /** A connection is served from now on. */
    void opened();

    /** One that was {@link #opened} is closed. */
    void closed();

    /** A request was read: a datagram, or what one read of a stream brought. */
    void received(int bytes);

    /** A reply, or a part of it, was handed to the socket. */
    void sent(int bytes);
  }

  /** The counters of a server on the calling event loop. */
  Loop loop(Protocol server);

  /** Who hears of every request that a server has served. */
  RequestObserver requests(Protocol server);

  /**
   * Connections or datagrams were not served.
   *
   * @param reason one of a few words
   * @param count how many; 0 has the reason known before the first
   */
  void turnedAway(Protocol server, String reason, int count);

  /**
   * TLS handshakes, or PROXY headers, failed; {@link #turnedAway} counts them as well.
   *
   * @param cause one of a few words
   * @param count how many; 0 has the cause known before the first
   */
  void handshakeFailed(Protocol server, String cause, int count);

  /**
   * A server shows a certificate from now on, instead of the one before.
   *
   * @param notAfter null: it shows none any more
   */
  void certificate(Object server, Instant notAfter);

  /** Has the servers that start from now on tell {@code metrics} what they do. */
  static void install(Vertx vertx, ServerMetrics metrics) {
    installed(vertx).put("metrics", metrics);
  }

  /** What {@link #install} was given; null for nothing. */
  static ServerMetrics of(Vertx vertx) {
    return installed(vertx).get("metrics");
  }

  private static LocalMap<String, ServerMetrics> installed(Vertx vertx) {
    return vertx.sharedData().getLocalMap("upper.server-metrics");
  }
}
