package io.upper.server;

import io.upper.config.Protocol;
import io.upper.net.Addresses;
import io.vertx.core.net.SocketAddress;

/**
 * What is to be told of a connection: to the metrics as it happens, to the access log when it is
 * over. Lives on the connection's event loop.
 */
final class ConnectionRecord {
  private final Protocol server;
  private final SocketAddress peer;
  // Null without metrics.
  private final ServerMetrics.Loop metrics;
  private final long opened = System.nanoTime();
  private long requests;
  private long received;
  private long sent;
  private String end;

  private ConnectionRecord(Protocol server, SocketAddress peer, ServerMetrics.Loop metrics) {
    this.server = server;
    this.peer = peer;
    this.metrics = metrics;
  }

  /** Begins the record of a connection; null, as is usual, when nobody is to be told. */
  static ConnectionRecord begin(Protocol server, SocketAddress peer, ServerMetrics metrics) {
    if (metrics == null && !AccessLog.isEnabled()) {
      return null;
    }
    ConnectionRecord connection =
        new ConnectionRecord(server, peer, metrics == null ? null : metrics.loop(server));
    if (connection.metrics != null) {
      connection.metrics.opened();
    }
    return connection;
  }

  void received(int bytes) {
    requests++;
    received += bytes;
    if (metrics != null) {
      metrics.received(bytes);
    }
  }

  void sent(int bytes) {
    sent += bytes;
    if (metrics != null) {
      metrics.sent(bytes);
    }
  }

  /** Why it ends; the first reason is the one that counts. */
  void ends(String reason) {
    if (end == null) {
      end = reason;
    }
  }

  /** Why it ends, whatever was the reason until now. */
  void endsAfterAll(String reason) {
    end = reason;
  }

  /** It is closed. */
  void over() {
    if (metrics != null) {
      metrics.closed();
    }
    if (AccessLog.isEnabled()) {
      AccessLog.over(
          server, Addresses.text(peer), requests, received, sent, System.nanoTime() - opened, end);
    }
  }
}
