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
 * One datagram and its reply: to the model, a connection with a single request. Runs on the event
 * loop of its socket.
 */
final class DatagramExchange extends ServerConversation {
  private final UdpServerVerticle server;
  private final UdpChannel channel;
  private final InetSocketAddress sender;
  private final ConcurrencyModel current;
  // Exchanges answered within the call are never pending, so they are not counted.
  private final boolean counted;
  // Null if not counted.
  private ModelInUse model;

  // The request's own buffer while it may become the reply, the handler's view of it, and the
  // offset from indices of the view to those of the buffer.
  private ByteBuf content;
  private ByteBuffer view;
  private int shift;

  private int arrivedAtSweep;
  private ByteBuf reply = Unpooled.EMPTY_BUFFER;
  private boolean over;
  private int requestLength;

  /**
   * @param channel the socket that received the request and sends the reply
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

  /** Passes the request to the model; takes over {@code content}. */
  void serve(ByteBuf content) {
    this.content = content;
    requestLength = content.readableBytes();
    try {
      requestArrived(requestLength);
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
      // Changed in place: not copied.
      reply = content.setIndex(shift + bytes.position(), shift + bytes.limit());
      content = null;
    } else {
      reply = Unpooled.wrappedBuffer(reply, Unpooled.wrappedBuffer(bytes));
    }
  }

  /** Fails once the reply exceeds a datagram, so that a child process stops writing. */
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

  /** The length of the request in bytes. */
  int requestLength() {
    return requestLength;
  }

  /** Whether it holds a slot of the {@link Admission}. */
  boolean isCounted() {
    return counted;
  }

  boolean isOver() {
    return over;
  }

  /** Records the number of {@link PendingExchanges}' sweeps so far. */
  void arrivedAtSweep(int sweep) {
    arrivedAtSweep = sweep;
  }

  int arrivedAtSweep() {
    return arrivedAtSweep;
  }

  /** Gives it up, if no work on it has started. */
  void giveUp() {
    if (!over && isWaiting()) {
      end();
      reply.release();
      server.givenUp(this);
      cancel();
    }
  }

  /** Ends it at the end of the drain. */
  void cutOff() {
    fail(new TimeoutException("cut off by the end of drainSeconds"));
    cancel();
  }

  @Override
  public String client() {
    return "udp " + Addresses.text(sender);
  }
}
