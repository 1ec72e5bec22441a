package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import io.upper.model.ConcurrencyModel;
import io.upper.net.Addresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;

/**
 * One datagram and its reply: to the model it is a connection that says one thing, then ends. Lives
 * on the event loop of its socket.
 */
final class DatagramExchange extends ServerConversation {
  private final UdpServerVerticle server;
  private final UdpChannel channel;
  private final InetSocketAddress sender;
  private final ConcurrencyModel current;
  // Those that are answered within the call are never many: nobody needs to count them.
  private final boolean counted;
  // Null when it need not know who uses it.
  private ModelInUse model;

  // The request's own buffer while it may become the reply, the handler's view of it, and what to
  // add to an index of the view to have that of the buffer.
  private ByteBuf content;
  private ByteBuffer view;
  private int shift;

  private int arrivedAtLook;
  private ByteBuf reply = Unpooled.EMPTY_BUFFER;
  private boolean over;
  private int requestLength;

  /**
   * @param channel has received the request, and sends the reply
   */
  DatagramExchange(
      UdpServerVerticle server,
      UdpChannel channel,
      Context context,
      InetSocketAddress sender,
      ServerGroup group) {
    super(group, context);
    this.server = server;
    this.channel = channel;
    this.sender = sender;
    this.current = group.model().get();
    this.counted = !current.answersWithinCall(job());
  }

  /** Has a request answered; takes {@code content} over. */
  void serve(ByteBuf content) {
    this.content = content;
    requestLength = content.readableBytes();
    try {
      model = counted ? group.model().enter() : null;
      createHandler(counted ? model.model() : current);
      int start = content.readerIndex();
      if (counted) {
        handler().request(copy(content));
      } else {
        view = content.internalNioBuffer(start, requestLength);
        shift = start - view.position();
        handler().request(view);
      }
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (this.content != null) {
        this.content.release();
        this.content = null;
      }
    }
  }

  private static ByteBuffer copy(ByteBuf bytes) {
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), copy);
    return ByteBuffer.wrap(copy);
  }

  @Override
  public void reply(ByteBuffer bytes) {
    if (over || !bytes.hasRemaining() || !fits()) {
      return;
    }
    if (bytes == view && content != null && !reply.isReadable()) {
      // Changed in place: what was read is what is written.
      reply = content.setIndex(shift + bytes.position(), shift + bytes.limit());
      content = null;
    } else {
      reply = Unpooled.wrappedBuffer(reply, Unpooled.wrappedBuffer(bytes));
    }
  }

  /** A process may write without end; it is told so when there is more than a datagram holds. */
  @Override
  public Future<Void> sent() {
    return over || fits()
        ? Future.succeededFuture()
        : Future.failedFuture("the reply does not fit into a datagram");
  }

  private boolean fits() {
    return reply.readableBytes() <= UdpChannel.MAX_PAYLOAD;
  }

  @Override
  public void next() {
    if (!over) {
      try {
        handler().end();
      } catch (Throwable e) {
        fail(e);
      }
    }
  }

  @Override
  public void finish() {
    if (!over) {
      end();
      server.answered(this, new DatagramPacket(reply, sender));
    }
  }

  @Override
  public void fail(Throwable cause) {
    if (!over) {
      end();
      reply.release();
      server.unanswered(this, cause);
    }
  }

  private void end() {
    over = true;
    if (model != null) {
      model.leave();
    }
  }

  UdpChannel channel() {
    return channel;
  }

  /** In bytes. */
  int requestLength() {
    return requestLength;
  }

  /** Whether it has a place among those at work. */
  boolean isCounted() {
    return counted;
  }

  boolean isOver() {
    return over;
  }

  /** Notes which look of {@link UdpServerVerticle} at those that wait is the next. */
  void arrivedAtLook(int look) {
    arrivedAtLook = look;
  }

  int arrivedAtLook() {
    return arrivedAtLook;
  }

  /** Nobody waits for the answer any longer, and nobody has begun to work on it. */
  void giveUp() {
    if (!over && isWaiting()) {
      end();
      reply.release();
      server.givenUp(this);
      cancel();
    }
  }

  /** The server does not wait for the answer any longer. */
  void cutOff() {
    fail(new TimeoutException("cut off by the end of drainSeconds"));
    cancel();
  }

  @Override
  public String client() {
    return "udp " + Addresses.text(sender);
  }
}
