package io.upper.bench.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.upper.service.Service;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * The reference: minimal Netty. Bytes are mapped in place by the same kernel and written back, with
 * one flush per batch of reads; no limits, no timeouts, no half-close, and no handling of
 * characters cut by a read. It stops reading when 1 MiB waits to be written, since a stream would
 * otherwise fill its memory.
 */
public final class NettyServer {
  private static final int LOOPS = 2;
  private static final int DATAGRAMS_AT_ONCE = 32;
  private static final int DATAGRAM_BYTES = 2048;
  private static final int MOST_UNWRITTEN = 1024 * 1024;

  private static TextCharset charset;

  private NettyServer() {}

  /** Serves {@code tcp|udp|tls CERTIFICATES jdk|openssl UTF_8|ASCII}. */
  public static void main(String[] args) throws Exception {
    charset = TextCharset.valueOf(args[3]);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
    Channel channel =
        args[0].equals("udp")
            ? datagrams(loops)
            : stream(loops, args[0].equals("tls") ? tls(args[1], args[2]) : null);
    System.out.println("netty listening on " + channel.localAddress());
  }

  private static Channel stream(EventLoopGroup loops, SslContext tls) {
    return new ServerBootstrap()
        .group(loops)
        .channel(EpollServerSocketChannel.class)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(MOST_UNWRITTEN / 2, MOST_UNWRITTEN))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls != null) {
                  channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(new StreamHandler());
              }
            })
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
  }

  private static SslContext tls(String certificates, String engine) throws Exception {
    return SslContextBuilder.forServer(
            new File(certificates, "server-cert.pem"), new File(certificates, "server-key.pem"))
        .sslProvider(SslProvider.valueOf(engine.toUpperCase(Locale.ROOT)))
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }

  /** One socket per loop; the kernel distributes the clients. Uses recvmmsg and sendmmsg. */
  private static Channel datagrams(EventLoopGroup loops) {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", 0);
    Channel channel = null;
    for (int i = 0; i < LOOPS; i++) {
      channel =
          new Bootstrap()
              .group(loops)
              .channel(EpollDatagramChannel.class)
              .option(UnixChannelOption.SO_REUSEPORT, true)
              .option(ChannelOption.SO_RCVBUF, 4 * 1024 * 1024)
              .option(
                  ChannelOption.RECVBUF_ALLOCATOR,
                  new FixedRecvByteBufAllocator(DATAGRAMS_AT_ONCE * DATAGRAM_BYTES))
              .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES)
              .handler(new DatagramHandler())
              .bind(address)
              .syncUninterruptibly()
              .channel();
      address = (InetSocketAddress) channel.localAddress();
    }
    return channel;
  }

  private static void upper(Service uppercase, ByteBuf bytes) {
    uppercase.next(bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()));
    uppercase.end();
  }

  private static final class StreamHandler extends ChannelInboundHandlerAdapter {
    private final Service uppercase = Uppercase.of(charset);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      upper(uppercase, (ByteBuf) message);
      context.write(message, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class DatagramHandler extends ChannelInboundHandlerAdapter {
    private final Service uppercase = Uppercase.of(charset);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      upper(uppercase, packet.content());
      context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }
}
