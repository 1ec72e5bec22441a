package io.upper.server;

import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.time.Instant;

/**
 * Receives the events of a Vert.x instance's servers, to count them. Without one nothing is
 * counted. Thread-safe.
 */
public interface ServerMetrics extends Shareable {

  /** Events of one event loop of a server; called on that event loop only. */
  interface Loop {

    /** A connection is about to be served. */
    void opened();

    /** A connection that was {@link #opened} is closed. */
    void closed();

    /** A request was read: a datagram, or the bytes of one read of a stream. */
    void received(int bytes);

    /** A reply, or a part of one, was made; the socket may not have taken it yet. */
    void sent(int bytes);
  }

  /** The counters of a server on the calling event loop. */
  Loop loop(Protocol server);

  /** The observer of a server's requests. */
  RequestObserver observer(Protocol server);

  /**
   * Connections or datagrams were rejected.
   *
   * @param reason one of a fixed set of words
   * @param count how many; 0 registers the reason before the first
   */
  void rejected(Protocol server, String reason, int count);

  /**
   * A TLS handshake succeeded.
   *
   * @param version as {@code TLSv1.3}
   * @param group of the key exchange, as the engine names it; {@code -} if it does not
   */
  void handshake(Protocol server, String version, String group);

  /**
   * TLS handshakes, or PROXY headers, failed; {@link #rejected} counts them as well.
   *
   * @param cause one of a fixed set of words
   * @param count how many; 0 registers the cause before the first
   */
  void handshakeFailed(Protocol server, String cause, int count);

  /**
   * A server's certificate was set or replaced.
   *
   * @param notAfter when it expires; null once the server has stopped
   */
  void certificate(Object server, Instant notAfter);

  /** Makes servers that start from now on report to {@code metrics}. */
  static void install(Vertx vertx, ServerMetrics metrics) {
    installed(vertx).put("metrics", metrics);
  }

  /** The installed metrics, or null. */
  static ServerMetrics of(Vertx vertx) {
    return installed(vertx).get("metrics");
  }

  private static LocalMap<String, ServerMetrics> installed(Vertx vertx) {
    return vertx.sharedData().getLocalMap("upper.server-metrics");
  }
}
