package io.upper.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A UDP socket of the server: a Netty datagram channel on an instance's event loop.
 *
 * <p>Not {@code DatagramSocket}, which copies every datagram, allocates a whole receive buffer for
 * each receive, flushes after each write, and cannot send an empty datagram.
 */
final class UdpChannel extends ChannelInboundHandlerAdapter {
  /** The longest payload of a datagram over IPv4: 65,535 less the headers (RFC 791, RFC 768). */
  static final int MAX_PAYLOAD = 65_507;

  // SO_RCVBUF in bytes; the kernel caps it at net.core.rmem_max.
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;
  private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(1);

  private final UdpServerVerticle server;
  private final ContextInternal context;
  // Netty's NIO channel does not expose it; null with a native transport.
  private final DatagramChannel nio;
  private final Handler<DatagramPacket> received = this::received;
  // Null unless bound to a wildcard address whose port can be shared.
  private LocalAddresses local;
  private Channel channel;
  private boolean reading;

  private UdpChannel(UdpServerVerticle server, ContextInternal context, DatagramChannel nio) {
    this.server = server;
    this.context = context;
    this.nio = nio;
  }

  /**
   * Binds a socket on the context's event loop. It does not bind to a shared port, so that a port
   * in use is an error; afterwards others may share it (SO_REUSEPORT; native transports only), and
   * the kernel distributes the datagrams by sender.
   *
   * @param reusePort whether to share the port with sockets already bound
   * @param server receives the datagrams
   */
  static Future<UdpChannel> bind(
      ContextInternal context,
      InetSocketAddress address,
      boolean reusePort,
      UdpServerVerticle server) {
    boolean nativeTransport = context.owner().isNativeTransportEnabled();
    DatagramChannel nio;
    try {
      nio = nativeTransport ? null : DatagramChannel.open();
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    UdpChannel udp = new UdpChannel(server, context, nio);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(context.nettyEventLoop())
            .channelFactory(
                nativeTransport
                    ? context.owner().transport().datagramChannelFactory()
                    : () -> new NioDatagramChannel(nio))
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
            .handler(udp.initializer(address.getAddress().isAnyLocalAddress()));
    if (reusePort) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    Promise<UdpChannel> promise = context.promise();
    ChannelFuture bound = bootstrap.bind(address);
    udp.channel = bound.channel();
    bound.addListener(
        done -> {
          if (!done.isSuccess()) {
            promise.fail(done.cause());
            return;
          }
          if (nativeTransport) {
            udp.channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
          }
          promise.complete(udp);
        });
    return promise.future();
  }

  private ChannelHandler initializer(boolean wildcard) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (channel.config() instanceof EpollDatagramChannelConfig epoll) {
          epoll
              .setMaxDatagramPayloadSize(DatagramSlots.SLOT)
              .setRecvByteBufAllocator(server.slots())
              .setOption(EpollChannelOption.IP_RECVORIGDSTADDR, wildcard);
        } else {
          channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_PAYLOAD));
        }
        channel.pipeline().addLast(UdpChannel.this);
      }
    };
  }

  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Passes a datagram to the server's context. */
  @Override
  public void channelRead(ChannelHandlerContext ignored, Object message) {
    reading = true;
    context.emit((DatagramPacket) message, received);
  }

  private void received(DatagramPacket packet) {
    if (local == null) {
      server.received(this, packet);
    } else {
      local.received(packet);
    }
  }

  /** Makes replies leave from the address that the request was sent to. */
  void replyFrom(LocalAddresses local) {
    this.local = local;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ignored) {
    reading = false;
    channel.flush();
  }

  /** Sending a reply, or receiving, failed. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
    server.unsent(cause);
  }

  /** Sends a reply and releases it: at once, or with the other replies to a batch of reads. */
  void send(DatagramPacket reply) {
    // A failure reaches exceptionCaught.
    channel.write(reply, channel.voidPromise());
    if (!reading) {
      channel.flush();
    }
  }

  /** Sends an empty datagram, which Netty would skip. */
  void sendEmpty(InetSocketAddress to) throws IOException {
    if (nio != null) {
      nio.send(ByteBuffer.allocate(0), to);
    } else {
      int descriptor = ((UnixChannel) channel).fd().intValue();
      new Socket(descriptor).sendTo(EMPTY.duplicate(), 0, 0, to.getAddress(), to.getPort());
    }
  }

  Future<Void> close() {
    channel.close();
    return closed();
  }

  /** Completes when the socket is closed. */
  Future<Void> closed() {
    Promise<Void> closed = Promise.promise();
    channel.closeFuture().addListener(done -> closed.complete());
    return closed.future();
  }
}
