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
 * A client over UDP: one socket. Each request begins with its number as a tag, whose digits
 * uppercase does not change, so replies can be matched even if they arrive late or twice. If a
 * service changes the tag, a reply is matched by its expected content.
 *
 * <p>The socket is connected, so the kernel drops datagrams from other addresses and reports a
 * closed port (ICMP). Vert.x's DatagramSocket cannot connect, and allocates its receive buffer size
 * on each receive.
 */
final class DatagramLoadClient extends LoadClient {
  private static final char TAG_END = ' ';
  static final int MAX_TAG = 20;

  // SO_RCVBUF; the kernel caps it at net.core.rmem_max.
  private static final int RECEIVE_BUFFER = 1024 * 1024;

  private final Map<Long, Request> inFlight = new LinkedHashMap<>();
  private final Map<Long, Boolean> lost = new HashMap<>();
  // Null unless connected.
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
    return settings.openLoop() || inFlight.isEmpty() ? null : Delay.WAITING;
  }

  @Override
  void open() {
    open(null);
  }

  /**
   * Opens the socket.
   *
   * @param request the request to send on it, or null
   */
  private void open(Request request) {
    opening = true;
    InetSocketAddress server = run.datagramServer();
    ChannelFuture connected =
        new Bootstrap()
            .group(context.nettyEventLoop())
            .channelFactory(context.owner().transport().datagramChannelFactory())
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
            // One byte more than the longest reply, so that a longer one is not truncated to it.
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(run.longestReply() + 1))
            .handler(new Replies(server))
            .connect(server);
    // If the socket cannot be created, Netty fails the future on another thread.
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
    // Resend the requests that a closed port at another address rejected.
    List.copyOf(inFlight.values()).forEach(sent -> write(sent, true));
    if (request != null && run.isOver(System.nanoTime())) {
      measurements.unsent(request, Delay.CONNECTING);
    } else if (request != null) {
      transmit(request);
    }
    proceed();
    finishIfDone();
  }

  /** Receives replies and errors of the socket. */
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
    inFlight.put(request.number, request);
    write(request, true);
  }

  /**
   * Passes a request to the kernel.
   *
   * @param retry whether to write it once more if the kernel reports an earlier request's error
   */
  private void write(Request request, boolean retry) {
    ChannelFuture written = channel.writeAndFlush(bytes(request.message.bytes()).retain());
    if (!written.isDone()) {
      written.addListener((ChannelFuture done) -> written(done, request, retry));
    } else if (!written.isSuccess()) {
      written(written, request, retry);
    }
  }

  private void written(ChannelFuture done, Request request, boolean retry) {
    if (done.isSuccess() || done.channel() != channel) {
      return;
    }
    InetSocketAddress server = (InetSocketAddress) channel.remoteAddress();
    if (retry && Refusal.of(done.cause(), false, false) == Refusal.NOT_LISTENING) {
      unreachable(server, done.cause());
      if (done.channel() == channel && inFlight.containsKey(request.number)) {
        write(request, false);
      }
    } else if (inFlight.remove(request.number) != null) {
      refused(request, done.cause());
    }
  }

  private static ByteBuf bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf();
  }

  /** The kernel reports that a request did not arrive: it is attributed to the oldest one. */
  private void unreachable(InetSocketAddress server, Throwable cause) {
    if (run.hasOtherServer(server)) {
      channel.close();
      channel = null;
      open();
      return;
    }
    Iterator<Request> requests = inFlight.values().iterator();
    if (requests.hasNext()) {
      Request oldest = requests.next();
      requests.remove();
      refused(oldest, cause);
    }
  }

  private void refused(Request request, Throwable cause) {
    run.connectFailed(cause, false);
    measurements.failed(request, Fault.REFUSED);
    if (!settings.openLoop()) {
      pause(Delay.CONNECTING);
    }
    proceedOrFinish();
  }

  private void received(ByteBuf reply) {
    long now = System.nanoTime();
    run.connectSucceeded();
    long number = number(reply);
    Request request = number < 0 ? expecting(reply) : inFlight.get(number);
    if (request != null) {
      inFlight.remove(request.number);
      judge(request, reply, now);
    } else if (lost.containsKey(number)) {
      measurements.lateNotLost(lost.remove(number));
    } else if (number >= 0) {
      measurements.fault(Fault.DUPLICATE);
    } else if (inFlight.size() == 1) {
      // The tag matches no request, but only one is in flight.
      Request only = inFlight.values().iterator().next();
      inFlight.clear();
      failed(only, Fault.WRONG);
    } else {
      measurements.fault(Fault.WRONG);
    }
  }

  /** The request in flight whose expected reply this is, or null. */
  private Request expecting(ByteBuf reply) {
    for (Request request : inFlight.values()) {
      if (ByteBufUtil.equals(reply, bytes(request.message.expected()))) {
        return request;
      }
    }
    return null;
  }

  /** The number in the tag of a reply; -1 if no request with that number was sent. */
  private long number(ByteBuf reply) {
    long number = 0;
    int start = reply.readerIndex();
    for (int i = 0; i < Math.min(reply.readableBytes(), MAX_TAG - 1); i++) {
      byte digit = reply.getByte(start + i);
      if (digit == TAG_END && i > 0) {
        return isStarted(number) ? number : -1;
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
      proceedOrFinish();
    } else if (length < expected.readableBytes()
        && ByteBufUtil.equals(reply, expected.slice(expected.readerIndex(), length))) {
      failed(request, Fault.TORN);
    } else {
      failed(request, Fault.WRONG);
    }
  }

  private void failed(Request request, Fault fault) {
    measurements.failed(request, fault);
    proceedOrFinish();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    boolean expired = false;
    for (Iterator<Request> requests = inFlight.values().iterator(); requests.hasNext(); ) {
      Request request = requests.next();
      if (request.sent - oldest > 0) {
        break;
      }
      expired = true;
      requests.remove();
      lost.put(request.number, request.counts);
      measurements.failed(request, Fault.LOST);
    }
    if (expired) {
      proceedOrFinish();
    }
  }

  private void proceedOrFinish() {
    if (isOver()) {
      finishIfDone();
    } else if (!settings.openLoop()) {
      proceed();
    }
  }

  @Override
  void allStarted() {
    finishIfDone();
  }

  private void finishIfDone() {
    if (isOver() && inFlight.isEmpty() && !opening) {
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
