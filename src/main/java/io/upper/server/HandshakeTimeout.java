package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.upper.config.ServerSettings;
import io.upper.net.Addresses;
import io.vertx.core.internal.net.SslHandshakeCompletionHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a connection from its accept until a session takes it over: while it sends its PROXY
 * header, and over TLS while it is in its handshake (which Vert.x bounds by {@code
 * handshakeTimeoutSeconds}). Lives on the connection's event loop.
 */
final class HandshakeTimeout extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeTimeout.class);
  private static final String NAME = "arrival";

  /** What Vert.x tells the connections of a server that stops. */
  static final Hook<Class<?>> SHUTDOWN_EVENT =
      Hook.find(
          "this version of Vert.x has no ShutdownEvent: a handshake that stalls delays a stop",
          () -> Class.forName("io.vertx.core.net.impl.ShutdownEvent"));

  // For the header; Vert.x's own bound is on silence, so one sent byte by byte could take for ever.
  private static final long PROXY_HEADER_SECONDS = 10;

  // What it may still take when the server stops: nobody waits for a handshake that stalls.
  private static final long SHUTDOWN_SECONDS = 2;

  private final ServerGroup group;
  private Future<?> deadline;
  private boolean named;

  private HandshakeTimeout(ServerGroup group) {
    this.group = group;
  }

  /** Begins to watch a connection that was accepted just now. */
  static void watch(Channel connection, ServerGroup group) {
    connection.pipeline().addFirst(NAME, new HandshakeTimeout(group));
  }

  /** The connection is about to be served. */
  static void over(Channel connection) {
    if (connection.pipeline().get(NAME) != null) {
      connection.pipeline().remove(NAME);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ServerSettings settings = group.settings();
    if (settings.proxyProtocol()) {
      int handshake = settings.tls() == null ? 0 : settings.tls().handshakeTimeoutSeconds();
      closeAfter(PROXY_HEADER_SECONDS + handshake, context, () -> tooLate(context));
    }
    nameFailures(context);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    context.fireChannelRead(message);
    nameFailures(context); // The handshake comes after the PROXY header.
  }

  /** Vert.x says what went wrong, but not with whom. */
  private void nameFailures(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    ChannelHandlerContext last = pipeline.context(SslHandshakeCompletionHandler.class);
    if (!named && last != null) {
      named = true;
      pipeline.addBefore(last.name(), null, new Named());
    }
  }

  /** A failure and whose it is. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    private Failed(ChannelHandlerContext context, Throwable cause) {
      super(peer(context), cause, false, false);
    }
  }

  /** Stands where the failures of a handshake pass. */
  private static final class Named extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof SslCompletionEvent completion)) {
        context.fireUserEventTriggered(event);
      } else if (!completion.isSuccess()) {
        context.fireUserEventTriggered(
            new SslHandshakeCompletionEvent(new Failed(context, completion.cause())));
      } else {
        context.fireUserEventTriggered(event);
        if (event instanceof SslHandshakeCompletionEvent) {
          context.pipeline().remove(this);
        }
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event.getClass() == SHUTDOWN_EVENT.get()) {
      closeAfter(SHUTDOWN_SECONDS, context, () -> serverStops(context));
    }
    context.fireUserEventTriggered(event);
  }

  private void closeAfter(long seconds, ChannelHandlerContext context, Runnable why) {
    cancel();
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  why.run();
                  context.close();
                },
                seconds,
                TimeUnit.SECONDS);
  }

  private void tooLate(ChannelHandlerContext context) {
    group
        .admission()
        .handshakeFailed(
            HandshakeFailure.Reason.TIMEOUT,
            () -> peer(context) + " is not ready, and its PROXY header is late");
  }

  /** No fault of its client. */
  private void serverStops(ChannelHandlerContext context) {
    LOG.info(
        "{} {} closed: not ready, and the server stops",
        group.settings().protocol().word(),
        peer(context));
  }

  private static String peer(ChannelHandlerContext context) {
    return Addresses.text((InetSocketAddress) context.channel().remoteAddress());
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** It is served, or gone. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancel();
  }
}
