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
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * A client over UDP: one socket.
 *
 * <p>The socket is connected, so the kernel drops datagrams from other addresses and reports a
 * closed port (ICMP). Vert.x's DatagramSocket cannot connect, and allocates its receive buffer size
 * on each receive.
 */
final class DatagramLoadClient extends LoadClient {
  // SO_RCVBUF; the kernel caps it at net.core.rmem_max.
  private static final int RECEIVE_BUFFER = 1024 * 1024;

  private final TaggedRequests requests = new TaggedRequests();
  private final Map<Long, Request> inFlight = requests.inFlight;
  // Null unless connected.
  private Channel channel;
  private SocketAddress local;
  private boolean opening;
  private boolean closed;

  DatagramLoadClient(RunState run, int number, ContextInternal context) {
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
                new FixedRecvByteBufAllocator(run.longestReply(TaggedRequests.MAX_TAG) + 1))
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
    run.drops.add(local.port());
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
        run.allFinished.tryFail(cause);
      } else if (from.channel() == channel) {
        unreachable(server, cause);
      }
    }
  }

  @Override
  Message message(long number) {
    return super.message(number).tagged(TaggedRequests.tag(number), settings.client().service());
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
    sending(request);
    requests.add(request);
    write(request, true);
  }

  /**
   * Passes a request to the kernel.
   *
   * @param retry whether to write it once more if the kernel reports an earlier request's error
   */
  private void write(Request request, boolean retry) {
    ChannelFuture written =
        channel.writeAndFlush(TaggedRequests.bytes(request.message.bytes()).retain());
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

  /** The kernel reports that a request did not arrive: it is attributed to the oldest one. */
  private void unreachable(InetSocketAddress server, Throwable cause) {
    if (run.hasOtherServer(server)) {
      channel.close();
      channel = null;
      open();
      return;
    }
    Request oldest = requests.removeOldest(System.nanoTime());
    if (oldest != null) {
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
    long number = requests.number(reply);
    Request request = number < 0 ? requests.expecting(reply) : inFlight.get(number);
    Boolean lost = requests.removeLost(number);
    if (request != null) {
      inFlight.remove(request.number);
      judge(request, reply, now);
    } else if (lost != null) {
      measurements.lateNotLost(lost);
    } else if (number >= 0) {
      measurements.fault(Fault.DUPLICATE);
    } else if (inFlight.size() == 1) {
      // The tag matches no request, but only one is in flight.
      failed(requests.removeOldest(now), Fault.WRONG);
    } else {
      measurements.fault(Fault.WRONG);
    }
  }

  private void judge(Request request, ByteBuf reply, long now) {
    ByteBuf expected = TaggedRequests.bytes(request.message.expected());
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
    for (Request request = requests.removeOldest(oldest);
        request != null;
        request = requests.removeOldest(oldest)) {
      expired = true;
      requests.lose(request);
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
