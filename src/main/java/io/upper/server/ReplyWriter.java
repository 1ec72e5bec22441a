package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.VoidChannelPromise;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Writes the replies of a connection to Netty's channel, which is the speed of the service. Lives
 * on the connection's event loop.
 *
 * <ul>
 *   <li>A reply that was made in the request's own buffer is not copied: what was read is what is
 *       written.
 *   <li>A reply costs no future, no promise and no place in a queue: {@code NetSocket.write} makes
 *       all three.
 *   <li>A flush is a system call, so there is one for each batch of reads, when the last of them
 *       has been answered; only a reply that comes later than its read, or one too many to hold, is
 *       flushed at once.
 * </ul>
 */
final class ReplyWriter extends ChannelInboundHandlerAdapter {
  private final Context context;
  private final Runnable drained;
  // Null if nobody counts the bytes written.
  private final LongConsumer written;
  private ChannelHandlerContext channel;
  private VoidChannelPromise nobody;
  private boolean reading;

  // The request while it is handed over (null once it has become the reply), what the model sees of
  // it, and what to add to an index of that view to have the request's.
  private ByteBuf request;
  private ByteBuffer view;
  private int shift;

  private ReplyWriter(Context context, Runnable drained, LongConsumer written) {
    this.context = context;
    this.drained = drained;
    this.written = written;
  }

  /**
   * Replies to a connection.
   *
   * @param drained run when {@link #areFull} no longer
   * @param written given the number of bytes that the kernel has taken, each time; null if nobody
   *     counts, since that costs a promise per reply. Over TLS: the bytes of replies whose last
   *     record it has taken
   */
  static ReplyWriter enable(
      NetSocketInternal socket, Context context, Runnable drained, LongConsumer written) {
    ReplyWriter replies = new ReplyWriter(context, drained, written);
    ChannelHandlerContext vertx = socket.channelHandlerContext();
    vertx.pipeline().addBefore(vertx.name(), "replies", replies);
    return replies;
  }

  /**
   * A request is handed over, until {@link #handedOver}.
   *
   * @param inPlace whether the reply may be made in the request's own buffer
   * @return what the request says: its own buffer, or a copy that the model may keep
   */
  ByteBuffer handOver(ByteBuf request, boolean inPlace) {
    int start = request.readerIndex();
    this.request = request;
    view =
        inPlace && request.nioBufferCount() == 1
            ? request.internalNioBuffer(start, request.readableBytes())
            : copy(request);
    shift = start - view.position();
    return view;
  }

  /**
   * Leaves nothing to read, so that a reply made in the copy is not taken for one made in place.
   */
  private static ByteBuffer copy(ByteBuf request) {
    byte[] copy = new byte[request.readableBytes()];
    request.readBytes(copy);
    return ByteBuffer.wrap(copy);
  }

  /** The request's buffer is freed, unless it has become the reply. */
  void handedOver() {
    if (request != null) {
      request.release();
      request = null;
    }
    view = null;
  }

  /** Writes a reply; if that fails, the connection is closed. */
  void write(ByteBuffer reply) {
    boolean inPlace = reply == view && request != null && request.isReadable();
    ChannelPromise promise = written == null ? nobody : counting(reply.remaining());
    channel.write(inPlace ? changedRequest(reply) : Unpooled.wrappedBuffer(reply), promise);
    if (!reading || areFull()) {
      channel.flush();
    }
  }

  private ChannelPromise counting(int bytes) {
    return channel.newProgressivePromise().addListener(new WriteProgress(bytes, written));
  }

  /** Counts what is written of a reply: a socket tells of each part, TLS only of the whole. */
  private static final class WriteProgress implements ChannelProgressiveFutureListener {
    private final int bytes;
    private final LongConsumer written;
    private long counted;

    WriteProgress(int bytes, LongConsumer written) {
      this.bytes = bytes;
      this.written = written;
    }

    @Override
    public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
      written.accept(progress - counted);
      counted = progress;
    }

    @Override
    public void operationComplete(ChannelProgressiveFuture future) {
      if (future.isSuccess()) {
        operationProgressed(future, bytes, bytes);
      }
    }
  }

  private ByteBuf changedRequest(ByteBuffer reply) {
    ByteBuf changed = request.setIndex(shift + reply.position(), shift + reply.limit());
    request = null;
    return changed;
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
