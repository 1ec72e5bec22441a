package io.upper.admin;

import io.upper.net.FileDescriptors;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The open connections of the admin port. A new connection is always admitted: at the limit it
 * displaces another one, so slow clients cannot lock out a health check. Used on its verticle's
 * event loop only.
 */
final class AdminConnections {
  static final int MAX = 256;

  private enum State {
    /** No request, or an incomplete one. */
    WAITING,
    /** A request is being answered. */
    ANSWERING
  }

  // Ordered by time since the last complete request, the longest first.
  private final Map<HttpConnection, State> open = new LinkedHashMap<>();

  /** Admits a connection; at the limit, or when descriptors run short, closes another one. */
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
              open.remove(connection); // At once, since closing may take a while.
              connection.close();
            });
  }

  /** A request is complete: moves its connection to the end of the order. */
  void requestStarted(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (open.remove(connection) != null) {
      open.put(connection, State.ANSWERING);
      request.response().endHandler(v -> open.replace(connection, State.WAITING));
    }
  }
}
