package io.upper.server;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * The end of a session's socket: orderly, after the last write, or at once. Lives on the
 * connection's event loop.
 */
final class SocketClose {
  private final Session session;
  private final NetSocketInternal socket;
  private final Channel channel;
  private final ConnectionRecord record;
  private boolean peerHasEnded;

  SocketClose(Session session, NetSocketInternal socket, ConnectionRecord record) {
    this.session = session;
    this.socket = socket;
    this.channel = socket.channelHandlerContext().channel();
    this.record = record;
  }

  /** All that the peer has sent was received, its end, too (half-close). */
  void peerHasEnded() {
    peerHasEnded = true;
  }

  /** Whether the peer may still send, so that closing could reset the connection. */
  boolean peerMaySend() {
    return !peerHasEnded && LingeringClose.isNeeded(channel);
  }

  /**
   * Closes in order, once the last reply is written. When the server stops, Vert.x closes at once,
   * and drops what is not.
   */
  void afterLastReply(Future<Void> written) {
    written.onFailure(e -> record.unsent()).onComplete(v -> orderly());
  }

  /** Closes so that what was sent arrives, even if the peer has not ended. */
  void orderly() {
    if (peerMaySend()) {
      session.become(SessionState.LINGERING);
      LingeringClose.begin(channel, this::afterWrites);
    } else {
      afterWrites();
    }
  }

  /** Closes when all is written: as long as the peer does not read, it does not. */
  void afterWrites() {
    // With a shutdown handler set, closing would only ask for the drain that is over now.
    socket.shutdownHandler(null).close().onFailure(record::gone);
  }

  /** Closes at once. Not by Vert.x: over TLS it would wait until the peer's system has read. */
  void cut() {
    channel.pipeline().firstContext().close();
  }
}
