package io.upper.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.internal.net.NetSocketInternal;

/** Tells a session that its connection is idle, which Vert.x would close whatever is at work. */
final class IdleGuard extends ChannelInboundHandlerAdapter {
  private final Session session;

  private IdleGuard(Session session) {
    this.session = session;
  }

  /**
   * Watches a connection.
   *
   * @param idleSeconds how long nothing may move; 0 for ever
   */
  static void enable(NetSocketInternal socket, Session session, int idleSeconds) {
    ChannelHandlerContext context = socket.channelHandlerContext();
    // Not Vert.x's own: that cannot change while the server listens.
    context.pipeline().addBefore(context.name(), "idle", new IdleStateHandler(0, 0, idleSeconds));
    context.pipeline().addBefore(context.name(), "idle-guard", new IdleGuard(session));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      session.idle();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
