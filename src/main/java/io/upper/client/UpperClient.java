package io.upper.client;

import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;

/** A client of an upper server, with one request in flight at a time. */
public interface UpperClient {

  /**
   * Opens a client.
   *
   * @return fails, with a message of one line, if the server cannot be reached or is not trusted
   */
  static Future<UpperClient> open(Vertx vertx, ClientSettings settings) {
    return open(vertx, settings, TrafficListener.NONE);
  }

  /** Opens a client whose writes and reads are observed. */
  static Future<UpperClient> open(Vertx vertx, ClientSettings settings, TrafficListener listener) {
    return vertx
        .executeBlocking(() -> Target.resolve(settings.host(), settings.port()))
        .recover(
            cause -> Future.failedFuture(settings.address() + ": " + ConnectFailure.reason(cause)))
        .compose(
            target ->
                settings.protocol() == Protocol.UDP
                    ? DatagramClient.open(vertx, settings, target, listener)
                    : StreamClient.open(vertx, settings, target, listener));
  }

  /**
   * Sends a text and completes with its whole reply. Call it only when no request is in flight.
   *
   * @return the reply as the server sent it, correct or not; fails, with a message of one line, if
   *     there is none
   */
  Future<String> ask(String text);

  /** The client's own address. */
  SocketAddress localAddress();

  Future<Void> close();
}
