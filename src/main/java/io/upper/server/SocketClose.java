package io.upper.server;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * Closes a session's socket: gracefully, after the last write, or at once. Runs on the connection's
 * event loop.
 */
final class SocketClose {
  private final Session session;
  private final NetSocketInternal socket;
  private final Channel channel;
  private final ConnectionRecord record;

  SocketClose(Session session) {
    this.session = session;
    this.socket = session.socket();
    this.channel = socket.channelHandlerContext().channel();
    this.record = session.record();
  }

  /** Whether the peer may still send, so that closing could reset the connection. */
  boolean peerMaySend() {
    return !session.isPeerHalfClosed() && LingeringClose.isNeeded(channel);
  }

  /**
   * Closes gracefully, once the last reply is written: when the server stops, Vert.x would close at
   * once and drop unsent data.
   */
  void afterLastReply(Future<Void> written) {
    written.onFailure(e -> record.unsent()).onComplete(v -> gracefully());
  }

  /** Closes so that all replies arrive, even if the peer has not closed. */
  void gracefully() {
    if (peerMaySend()) {
      session.become(SessionState.LINGERING);
      LingeringClose.begin(channel, this::afterWrites);
    } else {
      afterWrites();
    }
  }

  /** Closes once all is written, so not before the peer has read. */
  void afterWrites() {
    // With a shutdown handler, close would only start the drain, which is over.
    socket.shutdownHandler(null).close().onFailure(record::gone);
  }

  /** Closes at once. Bypasses Vert.x, which over TLS would wait until the peer has read. */
  void immediately() {
    channel.pipeline().firstContext().close();
  }
}
