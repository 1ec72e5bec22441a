package io.upper.stress;

import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeoutException;

/** A client's attempt to connect, including the TLS handshake. Used on one event loop only. */
final class ConnectAttempt {
  /** The request to send on the connection; null if the connection is for all to come. */
  final Request request;

  private final RunState run;
  private final long start = System.nanoTime();
  // Null before the TLS handshake.
  private NetSocket handshaking;

  ConnectAttempt(RunState run, Request request) {
    this.run = run;
    this.request = request;
  }

  Future<NetSocket> connect(NetClient client) {
    return run.target.connect(client).compose(this::secured);
  }

  private Future<NetSocket> secured(NetSocket connected) {
    long now = System.nanoTime();
    run.measurements.time(Phase.CONNECT, now - start);
    if (run.settings.client().protocol() != Protocol.TLS) {
      return Future.succeededFuture(connected);
    }
    handshaking = connected;
    return run.target
        .handshake(connected)
        .onSuccess(v -> run.measurements.time(Phase.HANDSHAKE, System.nanoTime() - now))
        .map(connected);
  }

  boolean isHandshaking() {
    return handshaking != null;
  }

  boolean isOlderThan(long nanos) {
    return start - nanos <= 0;
  }

  TimeoutException timeout() {
    return new TimeoutException(
        (isHandshaking() ? "the TLS handshake" : "connecting") + " timed out");
  }

  /** Closes a connection that is still in its handshake. */
  void abandon() {
    if (handshaking != null) {
      handshaking.close();
    }
  }
}
