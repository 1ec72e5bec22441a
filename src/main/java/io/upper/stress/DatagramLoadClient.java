package io.upper.stress;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.upper.client.Message;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A client over UDP: one socket. Each request begins with a tag of digits, its number, which
 * uppercase does not change; so its reply is known by it, also one that comes late or twice. The
 * reply of a service that changes the tag is known by being the one expected.
 *
 * <p>The socket is connected: the kernel drops what comes from any other address, and says so when
 * nothing listens (ICMP). Vert.x's DatagramSocket cannot do that, and its receive buffer is also
 * what each receive allocates.
 */
final class DatagramLoadClient extends LoadClient {
  private static final char TAG_END = ' ';
  static final int MAX_TAG = 20;

  // What the kernel may hold for us (SO_RCVBUF); it takes less where net.core.rmem_max is smaller.
  private static final int RECEIVE_BUFFER = 1024 * 1024;

  private final Map<Long, Request> atWork = new LinkedHashMap<>();
  private final Map<Long, Boolean> lost = new HashMap<>();
  // Null unless it is connected.
  private Channel channel;
  private SocketAddress local;
  private boolean opening;
  private boolean closed;

  DatagramLoadClient(StressRun run, int number, ContextInternal context) {
    super(run, number, context);
  }

  @Override
  Delay busy() {
    if (opening) {
      return Delay.CONNECTING;
    }
    return settings.openLoop() || atWork.isEmpty() ? null : Delay.WAITING;
  }

  @Override
  void open() {
    open(null);
  }

  /**
   * Makes the socket.
   *
   * @param request to send by it; null for none
   */
  private void open(Request request) {
    opening = true;
    InetSocketAddress server = run.datagramServer();
    ChannelFuture connected =
        new Bootstrap()
            .group(context.nettyEventLoop())
            .channelFactory(context.owner().transport().datagramChannelFactory())
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
            // One byte more than there may be: what is longer is not taken for right.
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(run.longestReply() + 1))
            .handler(new Replies(server))
            .connect(server);
    // A socket that cannot even be made fails on a thread of Netty's own.
    connected.addListener(done -> after(0, () -> opened(connected, server, request)));
  }

  private void opened(ChannelFuture connected, InetSocketAddress server, Request request) {
    opening = false;
    if (!connected.isSuccess()) {
      boolean own = Refusal.of(connected.cause(), false, true).isOwn();
      if (!own && run.hasOtherServer(server)) {
        open(request);
      } else {
        refused(request, connected.cause(), false);
        finishIfDone();
      }
      return;
    }
    if (closed) {
      connected.channel().close();
      return;
    }
    channel = connected.channel();
    local = SocketAddress.inetSocketAddress((InetSocketAddress) channel.localAddress());
    run.drops().add(local.port());
    // Those that nothing at another address has received.
    List.copyOf(atWork.values()).forEach(sent -> write(sent, true));
    if (request != null && run.isOver(System.nanoTime())) {
      measurements.unsent(request, Delay.CONNECTING);
    } else if (request != null) {
      transmit(request);
    }
    proceed();
    finishIfDone();
  }

  /** What comes from the server. */
  private final class Replies extends SimpleChannelInboundHandler<DatagramPacket> {
    private final InetSocketAddress server;

    Replies(InetSocketAddress server) {
      this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext from, DatagramPacket packet) {
      received(packet.content());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
      if (!(cause instanceof IOException)) {
        run.failed(cause);
      } else if (from.channel() == channel) {
        unreachable(server, cause);
      }
    }
  }

  @Override
  Message message(long number) {
    return super.message(number).tagged("" + number + TAG_END, settings.client().service());
  }

  @Override
  void send(Request request) {
    if (channel == null) {
      open(request);
    } else {
      transmit(request);
    }
  }

  private void transmit(Request request) {
    request.sent = System.nanoTime();
    if (!settings.openLoop()) {
      request.planned = request.sent;
    }
    measurements.sent(request);
    atWork.put(request.number, request);
    write(request, true);
  }

  /**
   * Hands a request to the kernel.
   *
   * @param again whether to try it once more if the kernel gives an earlier one's error in its
   *     place
   */
  private void write(Request request, boolean again) {
    ChannelFuture written = channel.writeAndFlush(bytes(request.message.bytes()).retain());
    if (!written.isDone()) {
      written.addListener((ChannelFuture done) -> written(done, request, again));
    } else if (!written.isSuccess()) {
      written(written, request, again);
    }
  }

  private void written(ChannelFuture done, Request request, boolean again) {
    if (done.isSuccess() || done.channel() != channel) {
      return;
    }
    InetSocketAddress server = (InetSocketAddress) channel.remoteAddress();
    if (again && Refusal.of(done.cause(), false, false) == Refusal.NOT_LISTENING) {
      unreachable(server, done.cause());
      if (done.channel() == channel && atWork.containsKey(request.number)) {
        write(request, false);
      }
    } else if (atWork.remove(request.number) != null) {
      refused(request, done.cause());
    }
  }

  private static ByteBuf bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf();
  }

  /** The kernel says that a request, so the oldest one, did not arrive. */
  private void unreachable(InetSocketAddress server, Throwable cause) {
    if (run.hasOtherServer(server)) {
      channel.close();
      channel = null;
      open();
      return;
    }
    Iterator<Request> requests = atWork.values().iterator();
    if (requests.hasNext()) {
      Request oldest = requests.next();
      requests.remove();
      refused(oldest, cause);
    }
  }

  private void refused(Request request, Throwable cause) {
    run.couldNotConnect(cause, false);
    measurements.failed(request, Fault.REFUSED);
    if (!settings.openLoop()) {
      pause(Delay.CONNECTING);
    }
    goOn();
  }

  private void received(ByteBuf reply) {
    long now = System.nanoTime();
    run.couldConnect();
    long number = number(reply);
    Request request = number < 0 ? expecting(reply) : atWork.get(number);
    if (request != null) {
      atWork.remove(request.number);
      judge(request, reply, now);
    } else if (lost.containsKey(number)) {
      measurements.lateNotLost(lost.remove(number));
    } else if (number >= 0) {
      measurements.fault(Fault.DUPLICATE);
    } else if (atWork.size() == 1) {
      // It is nobody's by its tag, but there is only one whose it can be.
      Request only = atWork.values().iterator().next();
      atWork.clear();
      failed(only, Fault.WRONG);
    } else {
      measurements.fault(Fault.WRONG);
    }
  }

  /** The request that a reply without a tag is right for; null for none. */
  private Request expecting(ByteBuf reply) {
    for (Request request : atWork.values()) {
      if (ByteBufUtil.equals(reply, bytes(request.message.expected()))) {
        return request;
      }
    }
    return null;
  }

  /** The number in the tag of a reply; -1 when it is none of a request that was sent. */
  private long number(ByteBuf reply) {
    long number = 0;
    int start = reply.readerIndex();
    for (int i = 0; i < Math.min(reply.readableBytes(), MAX_TAG - 1); i++) {
      byte digit = reply.getByte(start + i);
      if (digit == TAG_END && i > 0) {
        return isBegun(number) ? number : -1;
      }
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + digit - '0';
    }
    return -1;
  }

  private void judge(Request request, ByteBuf reply, long now) {
    ByteBuf expected = bytes(request.message.expected());
    int length = reply.readableBytes();
    if (request.counts) {
      measurements.time(Phase.FIRST_BYTE, now - request.sent);
    }
    if (ByteBufUtil.equals(reply, expected)) {
      answered(request, local, now);
      goOn();
    } else if (length < expected.readableBytes()
        && ByteBufUtil.equals(reply, expected.slice(expected.readerIndex(), length))) {
      failed(request, Fault.TORN);
    } else {
      failed(request, Fault.WRONG);
    }
  }

  private void failed(Request request, Fault fault) {
    measurements.failed(request, fault);
    goOn();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    boolean gone = false;
    for (Iterator<Request> requests = atWork.values().iterator(); requests.hasNext(); ) {
      Request request = requests.next();
      if (request.sent - oldest > 0) {
        break;
      }
      gone = true;
      requests.remove();
      lost.put(request.number, request.counts);
      measurements.failed(request, Fault.LOST);
    }
    if (gone) {
      goOn();
    }
  }

  private void goOn() {
    if (isOver()) {
      finishIfDone();
    } else if (!settings.openLoop()) {
      proceed();
    }
  }

  @Override
  void allBegun() {
    finishIfDone();
  }

  private void finishIfDone() {
    if (isOver() && atWork.isEmpty() && !opening) {
      finish();
    }
  }

  @Override
  void close() {
    closed = true;
    if (channel != null) {
      channel.close();
    }
  }
}
