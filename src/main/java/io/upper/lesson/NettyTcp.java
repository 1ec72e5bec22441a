package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * A TCP server on Netty, the library beneath Vert.x: a {@link ServerBootstrap} binds the port, and
 * event loops, two per CPU, call the handler at the end of a connection's pipeline.
 *
 * <pre>
 * ./upper lesson netty-tcp 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code TCP_twisted.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A client that sends but never reads fills the memory with replies ({@code
 *       tcp/pressure/back-pressure}): {@code io.upper.server.Session} stops reading while too many
 *       bytes are unsent.
 *   <li>Each read is decoded alone, so a character split between two is corrupted ({@code
 *       tcp/text/cut-2}): {@code io.upper.text.Utf8Uppercase} keeps its first bytes.
 *   <li>A longer pipeline must release buffers itself: {@code io.upper.server.Session} shows how.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxTcp}
 */
@Sharable
public final class NettyTcp extends SimpleChannelInboundHandler<ByteBuf> {

  @Override
  protected void channelRead0(ChannelHandlerContext client, ByteBuf request) {
    String reply = request.toString(UTF_8).toUpperCase(Locale.ROOT);
    client.writeAndFlush(Unpooled.copiedBuffer(reply, UTF_8));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext client, Throwable cause) {
    System.out.println("lost: " + client.channel().remoteAddress() + ": " + cause.getMessage());
    client.close();
  }

  public static void main(String[] args) throws InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(new NettyTcp()); // Shared by all connections: it is stateless.
    Channel server = bootstrap.bind(port).sync().channel();
    int bound = ((InetSocketAddress) server.localAddress()).getPort();
    System.out.println("listening on port " + bound);
    server.closeFuture().sync();
  }
}
