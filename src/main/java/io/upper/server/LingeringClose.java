package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer may still send, such that the last reply arrives. Closing a socket
 * with unread input sends a reset (RFC 1122, section 4.2.2.13), on which the peer's system discards
 * what its program has not read yet. So only the output is shut down; input is read and discarded
 * until the peer closes, is silent, or reaches a limit of time or bytes. Runs on the connection's
 * event loop.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {
  // Longer than a round trip around the world.
  private static final long SILENCE_MILLIS = 500;
  private static final long MAX_MILLIS = 2_000;
  private static final long MAX_BYTES = 64 << 20;

  private final Runnable close;
  private long bytes;
  private Future<?> silence;
  private Future<?> timeout;

  private LingeringClose(Runnable close) {
    this.close = close;
  }

  /** Whether the peer may still send. */
  static boolean isNeeded(Channel channel) {
    return channel.isActive() && !((DuplexChannel) channel).isInputShutdown();
  }

  /**
   * Shuts down the output once everything is written, then reads and discards input.
   *
   * @param close closes the socket when the peer has closed; may be called more than once
   */
  static void begin(Channel channel, Runnable close) {
    // Ahead of TLS: discarded input need not be decrypted.
    channel.pipeline().addFirst("lingering-close", new LingeringClose(close));
    channel.config().setAutoRead(true);
    endOutput(channel)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                close.run();
              }
            });
  }

  /** Sends a FIN, over TLS after a close_notify (RFC 8446, section 6.1). */
  private static ChannelFuture endOutput(Channel channel) {
    DuplexChannel duplex = (DuplexChannel) channel;
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      return duplex.shutdownOutput();
    }
    return tls.closeOutbound().addListener(done -> duplex.shutdownOutput());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    timeout = closeAfter(MAX_MILLIS, context);
    awaitSilence(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    bytes += message instanceof ByteBuf read ? read.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (bytes > MAX_BYTES) {
      context.close();
    } else {
      awaitSilence(context);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      close.run();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private void awaitSilence(ChannelHandlerContext context) {
    if (silence != null) {
      silence.cancel(false);
    }
    silence = closeAfter(SILENCE_MILLIS, context);
  }

  /** Bypasses Vert.x and TLS: both would wait until the peer has read everything. */
  private static Future<?> closeAfter(long millis, ChannelHandlerContext context) {
    return context.executor().schedule(() -> context.close(), millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    silence.cancel(false);
    timeout.cancel(false);
  }
}
