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
 * A socket of a UDP server: a Netty datagram channel on the event loop of an instance.
 *
 * <p>Why not {@code DatagramSocket}: it copies every datagram, its receive buffer is also what each
 * receive allocates, it writes one datagram a flush, and it cannot send an empty one.
 */
final class UdpChannel extends ChannelInboundHandlerAdapter {
  /** The longest payload of a datagram over IPv4: 65,535 less the headers (RFC 791, RFC 768). */
  static final int MAX_PAYLOAD = 65_507;

  // What the kernel may hold for us; it takes less where net.core.rmem_max is smaller.
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;
  private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(1);

  private final UdpServerVerticle server;
  private final ContextInternal context;
  // Netty's NIO channel does not show it; null with a native transport.
  private final DatagramChannel nio;
  private final Handler<DatagramPacket> received = this::received;
  // Null unless it is bound to a wildcard address and others can share its port.
  private LocalAddresses local;
  private Channel channel;
  private boolean reading;

  private UdpChannel(UdpServerVerticle server, ContextInternal context, DatagramChannel nio) {
    this.server = server;
    this.context = context;
    this.nio = nio;
  }

  /**
   * Binds a socket on the context's event loop. By itself it shares the port with nobody, so that
   * one that is taken is told; others may share it from then on (SO_REUSEPORT; native transports
   * only), and the kernel spreads the datagrams over them by sender.
   *
   * @param reusePort whether it shares the port with sockets that are bound already
   * @param server is handed what the socket receives
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

  /** Hands what the socket receives over to the server's context. */
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

  /** Leaves it to the socket of the address that was asked to reply. */
  void replyFrom(LocalAddresses local) {
    this.local = local;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ignored) {
    reading = false;
    channel.flush();
  }

  /** A reply could not be sent; or nothing received. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
    server.unsent(cause);
  }

  /** Sends a reply and releases it: at once, or with the others to what is being read. */
  void send(DatagramPacket reply) {
    // If it fails, exceptionCaught is told.
    channel.write(reply, channel.voidPromise());
    if (!reading) {
      channel.flush();
    }
  }

  /** Sends an empty datagram, which Netty takes for nothing to send. */
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
