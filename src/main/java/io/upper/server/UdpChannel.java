package io.upper.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannelConfig;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A Netty datagram channel on a Vert.x event loop.
 *
 * <p>Why not {@code DatagramSocket}: it copies every datagram, its receive buffer is also what each
 * receive allocates, it writes one datagram a flush, and it cannot send an empty one.
 */
final class UdpChannel {
  /** The longest payload of a datagram over IPv4: 65,535 less the headers (RFC 791, RFC 768). */
  static final int MAX_PAYLOAD = 65_507;

  // What the kernel may hold for us; it takes less where net.core.rmem_max is smaller.
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;
  private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(1);

  private final Channel channel;
  // Netty's NIO channel does not show it; null with a native transport.
  private final DatagramChannel nio;

  private UdpChannel(Channel channel, DatagramChannel nio) {
    this.channel = channel;
    this.nio = nio;
  }

  /**
   * Binds a socket on the context's event loop.
   *
   * @param reusePort whether several sockets share the port, so that the kernel spreads datagrams
   *     over them by sender (SO_REUSEPORT; native transports only)
   */
  static Future<UdpChannel> bind(
      ContextInternal context,
      InetSocketAddress address,
      boolean reusePort,
      ChannelHandler handler) {
    boolean nativeTransport = context.owner().isNativeTransportEnabled();
    DatagramChannel nio;
    try {
      nio = nativeTransport ? null : DatagramChannel.open();
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    ChannelFactory<? extends Channel> factory =
        nativeTransport
            ? context.owner().transport().datagramChannelFactory()
            : () -> new NioDatagramChannel(nio);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(context.nettyEventLoop())
            .channelFactory(factory)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
            .handler(initializer(handler));
    if (reusePort) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    Promise<UdpChannel> promise = context.promise();
    ChannelFuture bound = bootstrap.bind(address);
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            promise.complete(new UdpChannel(bound.channel(), nio));
          } else {
            promise.fail(done.cause());
          }
        });
    return promise.future();
  }

  private static ChannelHandler initializer(ChannelHandler handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (channel.config() instanceof EpollDatagramChannelConfig epoll) {
          DatagramSlots slots = new DatagramSlots();
          epoll.setMaxDatagramPayloadSize(DatagramSlots.SLOT).setRecvByteBufAllocator(slots);
          channel.pipeline().addLast(slots.guard());
        } else {
          channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_PAYLOAD));
        }
        channel.pipeline().addLast(handler);
      }
    };
  }

  /** Lets sockets that are bound from now on share the port; needs a native transport. */
  void sharePort() {
    channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
  }

  Channel channel() {
    return channel;
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
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
}
