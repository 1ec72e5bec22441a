package io.upper.admin;

import io.upper.net.FileDescriptors;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The open connections of the admin port. A new one is always admitted: at the limit another one is
 * closed for it, so clients that are slow cannot lock out a health check. Lives on the event loop
 * of its verticle.
 */
final class AdminConnections {
  static final int MAX = 256;

  private enum State {
    /** No request, or a part of one. */
    WAITING,
    /** A request is being answered. */
    ANSWERING
  }

  // The one that has gone longest without a complete request is the first.
  private final Map<HttpConnection, State> open = new LinkedHashMap<>();

  /** Admits a connection; at the limit, or when descriptors are few, another one is closed. */
  void opened(HttpConnection connection) {
    if (open.size() >= MAX || !FileDescriptors.mayAccept()) {
      closeLongestWaiting();
    }
    open.put(connection, State.WAITING);
    connection.closeHandler(v -> open.remove(connection));
  }

  private void closeLongestWaiting() {
    open.entrySet().stream()
        .filter(one -> one.getValue() == State.WAITING)
        .findFirst()
        .or(() -> open.entrySet().stream().findFirst())
        .map(Map.Entry::getKey)
        .ifPresent(
            connection -> {
              open.remove(connection); // Now: it may be closed later.
              connection.close();
            });
  }

  /** A request has come: its connection is the last to be closed until the next one comes. */
  void asked(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (open.remove(connection) != null) {
      open.put(connection, State.ANSWERING);
      request.response().endHandler(v -> open.replace(connection, State.WAITING));
    }
  }
}
