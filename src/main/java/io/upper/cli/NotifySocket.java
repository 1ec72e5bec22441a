package io.upper.cli;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A datagram socket of the Unix domain. The JDK has none, so it is Netty's, whatever the servers'
 * transport; its event loop exists only while a datagram is sent.
 */
final class NotifySocket {
  // The start of a unit fails if its READY is lost; only a receiver that hangs takes this long.
  static final long PATIENCE_SECONDS = 30;

  private NotifySocket() {}

  /**
   * Sends one datagram; blocks until the kernel has taken it.
   *
   * @param path of the receiver; {@code @} at its beginning stands for the abstract namespace
   * @throws LinkageError if Netty's epoll is not available
   * @throws java.util.concurrent.ExecutionException if there is no such receiver
   * @throws java.util.concurrent.TimeoutException if the receiver's queue stays full
   */
  static void send(String path, String text) throws Exception {
    Epoll.ensureAvailability();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("upper-notify", true), EpollIoHandler.newFactory());
    try {
      ChannelFuture connected =
          new Bootstrap()
              .group(group)
              .channel(EpollDomainDatagramChannel.class)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(new DomainSocketAddress(path.replaceFirst("^@", "\0")));
      try {
        connected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        connected
            .channel()
            .writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } finally {
        // The end of its event loop would not always do so.
        connected.channel().close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } finally {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }
}
