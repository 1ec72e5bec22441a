package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.upper.config.ServerSettings;
import io.vertx.core.internal.net.SslHandshakeCompletionHandler;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the time from accept until a session takes over the connection: for its PROXY header, and
 * when the server stops. (Vert.x itself limits the TLS handshake, by {@code
 * handshakeTimeoutSeconds}.) Runs on the connection's event loop.
 */
final class HandshakeTimeout extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeTimeout.class);
  private static final String NAME = "handshake-timeout";

  /** The event that Vert.x sends to the connections of a server that stops. */
  static final Hook<Class<?>> SHUTDOWN_EVENT =
      Hook.find(
          "this version of Vert.x has no ShutdownEvent: a handshake that stalls delays a stop",
          () -> Class.forName("io.vertx.core.net.impl.ShutdownEvent"));

  // Vert.x's own limit is an idle timeout, which a header sent byte by byte never reaches.
  private static final long PROXY_HEADER_SECONDS = 10;

  // Time that a handshake has left when the server stops.
  private static final long SHUTDOWN_SECONDS = 2;

  private final ServerGroup group;
  private Future<?> deadline;
  private boolean peerAdded;

  private HandshakeTimeout(ServerGroup group) {
    this.group = group;
  }

  /** Watches a connection that was just accepted. */
  static void watch(Channel connection, ServerGroup group) {
    connection.pipeline().addFirst(NAME, new HandshakeTimeout(group));
  }

  /** Stops watching: the connection is about to be served. */
  static void end(Channel connection) {
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
    addPeerToFailures(context);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    context.fireChannelRead(message);
    addPeerToFailures(context); // The handshake follows the PROXY header.
  }

  /** Vert.x reports the failure, but not the peer. */
  private void addPeerToFailures(ChannelHandlerContext context) {
    ChannelPipeline pipeline = context.pipeline();
    ChannelHandlerContext last = pipeline.context(SslHandshakeCompletionHandler.class);
    if (!peerAdded && last != null) {
      peerAdded = true;
      pipeline.addBefore(last.name(), null, new PeerAdder());
    }
  }

  /** A handshake failure with its peer as the message. */
  static final class PeerFailure extends Exception {
    private static final long serialVersionUID = 1;

    private PeerFailure(String peer, Throwable cause) {
      super(peer, cause, false, false);
    }
  }

  /** Adds the peer to a handshake failure. */
  private final class PeerAdder extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof SslCompletionEvent completion)) {
        context.fireUserEventTriggered(event);
      } else if (!completion.isSuccess()) {
        context.fireUserEventTriggered(
            new SslHandshakeCompletionEvent(new PeerFailure(peer(context), completion.cause())));
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
            () -> "the PROXY header of " + peer(context) + " is late");
  }

  /** Not counted as a failure: it is not the client's fault. */
  private void serverStops(ChannelHandlerContext context) {
    LOG.info(
        "{} {} closed during its handshake: the server stops",
        group.settings().protocol().word(),
        peer(context));
  }

  private String peer(ChannelHandlerContext context) {
    return PeerAddress.of(context.channel(), group);
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** The connection is served, or closed. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancel();
  }
}
