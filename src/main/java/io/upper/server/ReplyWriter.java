package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.VoidChannelPromise;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;

/**
 * The way of the replies to Netty's channel, which is the speed of the service. A reply costs no
 * future, no promise and no place in a queue: {@code NetSocket.write} makes all three. And since a
 * flush is a system call, there is one for each batch of reads, when the last of them has been
 * answered; only a reply that comes later than its read, or one too many to hold, is flushed at
 * once. Lives on the connection's event loop.
 */
final class ReplyWriter extends ChannelInboundHandlerAdapter {
  private final Context context;
  private final Runnable drained;
  private ChannelHandlerContext channel;
  private VoidChannelPromise nobody;
  private boolean reading;

  private ReplyWriter(Context context, Runnable drained) {
    this.context = context;
    this.drained = drained;
  }

  /**
   * Replies to a connection.
   *
   * @param drained run when {@link #areFull} no longer
   */
  static ReplyWriter enable(NetSocketInternal socket, Context context, Runnable drained) {
    ReplyWriter replies = new ReplyWriter(context, drained);
    ChannelHandlerContext vertx = socket.channelHandlerContext();
    vertx.pipeline().addBefore(vertx.name(), "replies", replies);
    return replies;
  }

  /** Writes a reply and releases it; if that fails, the connection is closed. */
  void write(ByteBuf reply) {
    channel.write(reply, nobody);
    if (!reading || areFull()) {
      channel.flush();
    }
  }

  /** Whether the peer does not read what is written. */
  boolean areFull() {
    return !channel.channel().isWritable();
  }

  /** Bytes of replies that the peer has not made room for. */
  long unwrittenBytes() {
    ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Completes when all replies are on their way, fails when they cannot be sent. */
  Future<Void> sent() {
    Promise<Void> sent = ((ContextInternal) context).promise();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                sent.complete();
              } else {
                sent.fail(done.cause());
              }
            });
    return sent.future();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context;
    // A failure closes the channel, and of that Vert.x tells.
    nobody = new VoidChannelPromise(context.channel(), false);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    context.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    reading = false;
    context.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    if (!areFull()) {
      drained.run();
    }
  }
}
