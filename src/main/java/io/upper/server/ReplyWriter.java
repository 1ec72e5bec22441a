package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelPromise;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Writes the replies of a connection straight to Netty's channel, for speed. Runs on the
 * connection's event loop.
 *
 * <ul>
 *   <li>A reply made in place, in the request's own buffer, is not copied.
 *   <li>A reply allocates no future, promise or queue entry: {@code NetSocket.write} makes all
 *       three.
 *   <li>A flush is a system call, so there is one per batch of reads, after the last reply; only a
 *       reply that comes later than its read, or fills the write queue, is flushed at once.
 * </ul>
 */
final class ReplyWriter extends HalfClose {
  private final Session session;
  // Null unless the bytes written are counted.
  private final LongConsumer written;
  private ChannelHandlerContext channel;
  private boolean reading;

  // The request during the handler's call (null once it has become the reply), the model's view of
  // it, and the offset from indices of the view to those of the request.
  private ByteBuf request;
  private ByteBuffer view;
  private int shift;

  private ReplyWriter(Channel channel, Session session, LongConsumer written) {
    super(channel);
    this.session = session;
    this.written = written;
  }

  /**
   * Adds the writer to a connection.
   *
   * @param session reads on when {@link #isFull} becomes false
   * @param written receives the number of bytes that the kernel has taken, over TLS those of
   *     replies whose last record it has taken; null to save a promise per reply
   */
  static ReplyWriter enable(NetSocketInternal socket, Session session, LongConsumer written) {
    ChannelHandlerContext vertx = socket.channelHandlerContext();
    ReplyWriter replies = new ReplyWriter(vertx.channel(), session, written);
    vertx.pipeline().addBefore(vertx.name(), "replies", replies);
    return replies;
  }

  /** Takes over a request, until {@link #releaseRequest}. */
  void take(ByteBuf request) {
    this.request = request;
  }

  /**
   * What the handler sees of the request.
   *
   * @param inPlace whether the reply may be made in the request's own buffer
   * @return the request's own buffer, or a copy that the model may keep
   */
  ByteBuffer view(boolean inPlace) {
    int start = request.readerIndex();
    view =
        inPlace && request.nioBufferCount() == 1
            ? request.internalNioBuffer(start, request.readableBytes())
            : copy(request);
    shift = start - view.position();
    return view;
  }

  /** Leaves the request empty, so that a reply made in the copy does not count as made in place. */
  private static ByteBuffer copy(ByteBuf request) {
    byte[] copy = new byte[request.readableBytes()];
    request.readBytes(copy);
    return ByteBuffer.wrap(copy);
  }

  /** Releases the request's buffer, unless it has become the reply. */
  void releaseRequest() {
    if (request != null) {
      request.release();
      request = null;
    }
    view = null;
  }

  /** Writes a reply; a failure closes the connection. */
  void write(ByteBuffer reply) {
    boolean inPlace = reply == view && request != null && request.isReadable();
    // A failure closes the channel, which Vert.x reports.
    ChannelPromise promise =
        written == null ? channel.channel().unsafe().voidPromise() : counting(reply.remaining());
    channel.write(inPlace ? changedRequest(reply) : Unpooled.wrappedBuffer(reply), promise);
    if (!reading || isFull()) {
      channel.flush();
    }
  }

  private ChannelPromise counting(int bytes) {
    return channel.newProgressivePromise().addListener(new WriteProgress(bytes, written));
  }

  /** Counts what is written of a reply: a socket reports each part, TLS only the whole. */
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

  /** Whether the write queue is full, since the peer does not read. */
  boolean isFull() {
    return !channel.channel().isWritable();
  }

  /** Bytes of replies that the socket has not taken yet. */
  long unwrittenBytes() {
    ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Completes when the socket has taken all replies; fails if they cannot be sent. */
  Future<Void> sent() {
    Promise<Void> sent = ((ContextInternal) session.context()).promise();
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
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    context.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    super.channelReadComplete(context);
    reading = false;
    context.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    if (!isFull()) {
      session.flow();
    }
  }
}
