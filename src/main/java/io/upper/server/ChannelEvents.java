package io.upper.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * Tells a session what Vert.x does not: that its connection is idle (which Vert.x would close,
 * whatever is at work), and that the system takes replies again, or not.
 */
final class ChannelEvents extends ChannelInboundHandlerAdapter {
  private final Session session;

  private ChannelEvents(Session session) {
    this.session = session;
  }

  static void enable(NetSocketInternal socket, Session session) {
    ChannelHandlerContext context = socket.channelHandlerContext();
    context.pipeline().addBefore(context.name(), "channel-events", new ChannelEvents(session));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      session.idle();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    session.flow();
  }
}
