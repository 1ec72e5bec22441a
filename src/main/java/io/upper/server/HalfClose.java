package io.upper.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * Tells a session that its peer has nothing more to say but still listens: a FIN over TCP, a
 * close_notify over TLS (1.3; by RFC 5246 section 7.2.1 TLS 1.2 closes both directions at once).
 * Without it Vert.x closes the socket, and every reply still at work is lost.
 *
 * <p>The end arrives as a message, behind the data that precedes it, so it waits its turn while
 * reading is paused.
 */
final class HalfClose extends ChannelInboundHandlerAdapter {
  /** The message that stands for the end of the input. */
  static final Object END_OF_INPUT = new Object();

  static void enable(NetSocketInternal socket) {
    ChannelHandlerContext context = socket.channelHandlerContext();
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    context.pipeline().addBefore(context.name(), "half-close", new HalfClose());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      context.fireChannelRead(END_OF_INPUT);
      context.fireChannelReadComplete();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
