package io.upper.server;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.lang.reflect.Method;

/**
 * Reports a half-close to the session: a FIN over TCP, a close_notify over TLS 1.3 (in TLS 1.2 it
 * closes both directions at once, RFC 5246, section 7.2.1). Without it Vert.x closes the socket,
 * and every reply in flight is lost.
 *
 * <p>The end of input arrives as a message, after the data before it, so it too waits while reading
 * is paused: the requests before it are served first. {@link ReplyWriter} extends it, since a
 * second handler would cost each connection 90 bytes. Its path:
 *
 * <pre>
 *   HalfClose.end -> Session.handle -> endRequests -> the model's RequestHandler.end
 *       -> Session.finish -> SocketClose.afterLastReply -> the socket closes -> Session.closed
 * </pre>
 */
abstract class HalfClose extends ChannelInboundHandlerAdapter {
  /** The message that marks the end of the input. */
  static final Object END_OF_INPUT = new Object();

  static final Hook<Method> SET_FLAG =
      Hook.find(
          "this version of Netty has no setFlag: a client that half-closes while it is not read may"
              + " lose its last replies",
          HalfClose::setFlag);
  // Linux, sys/epoll.h.
  private static final int EPOLLET = 1 << 31;

  // Null without TLS, or if the engine reports the end by an event.
  private final OpenSslHalfClose openSsl;
  private boolean ended;

  HalfClose(Channel channel) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    this.openSsl = OpenSslHalfClose.enable(channel);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    if (openSsl != null && !ended && openSsl.isReceived()) {
      ended = true;
      channelRead(context, END_OF_INPUT);
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      keepRegistered(context.channel());
      end(context);
    } else if (event instanceof SslCloseCompletionEvent) {
      end(context);
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private void end(ChannelHandlerContext context) throws Exception {
    ended = true;
    channelRead(context, END_OF_INPUT);
    channelReadComplete(context);
  }

  /**
   * Keeps a half-closed socket in the epoll set.
   *
   * <p>Netty 4.2.18 removes a socket from the set when it waits for no event, forgets that it did,
   * and then fails to modify it (epoll_ctl: no such file or directory): the connection would be
   * closed when its reader is slow or reading resumes. So one flag stays set: EPOLLET, which is no
   * event, and keeps a reset from waking the event loop repeatedly.
   */
  private static void keepRegistered(Channel channel) {
    Method setFlag = SET_FLAG.get();
    // In this order: without epoll on the class path the class does not exist.
    if (setFlag != null && channel instanceof AbstractEpollStreamChannel) {
      try {
        setFlag.invoke(channel, EPOLLET);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The method belongs to the superclass of Netty's native channels. */
  private static Method setFlag() throws NoSuchMethodException {
    Class<?> type = EpollSocketChannel.class;
    while (type.getSuperclass() != AbstractChannel.class) {
      type = type.getSuperclass();
    }
    Method setFlag = type.getDeclaredMethod("setFlag", int.class);
    setFlag.setAccessible(true);
    return setFlag;
  }
}
