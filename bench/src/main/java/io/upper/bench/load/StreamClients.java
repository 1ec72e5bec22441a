package io.upper.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Persistent connections, each with one message in flight; or, in bulk, sending as fast as possible
 * while the replies come back. Every byte of every reply is compared.
 */
public final class StreamClients implements Load {
  private static final int BULK_QUEUE = 256 * 1024;

  private final Clients clients;
  private final boolean bulk;
  private final List<Client> connected = new ArrayList<>();

  /**
   * @param tls null for plain TCP
   * @param bulk whether to send messages without waiting for replies
   */
  public StreamClients(
      InetSocketAddress server, SslContext tls, int count, int messageBytes, boolean bulk) {
    this.clients = new Clients(messageBytes);
    this.bulk = bulk;
    for (int i = 0; i < count; i++) {
      Client client = new Client();
      Channel channel = bootstrap(tls, client).connect(server).syncUninterruptibly().channel();
      SslHandler handshake = channel.pipeline().get(SslHandler.class);
      if (handshake != null) {
        handshake.handshakeFuture().syncUninterruptibly();
      }
      connected.add(client);
    }
  }

  private Bootstrap bootstrap(SslContext tls, Client client) {
    return new Bootstrap()
        .group(clients.loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(BULK_QUEUE / 2, BULK_QUEUE))
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls != null) {
                  channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(client);
              }
            });
  }

  @Override
  public Result run(Duration duration) throws Exception {
    return clients.run(connected.size(), duration, () -> connected.forEach(Client::send));
  }

  @Override
  public void close() {
    clients.close();
  }

  private final class Client extends ChannelInboundHandlerAdapter {
    private ChannelHandlerContext context;
    private long sent;
    // Reply bytes still expected, and the position of the next one in its reply.
    private long awaited;
    private int at;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      this.context = context;
    }

    void send() {
      sent = System.nanoTime();
      if (bulk) {
        fill();
      } else {
        awaited += clients.message.readableBytes();
        context.writeAndFlush(clients.message.duplicate(), context.voidPromise());
      }
    }

    /** Sends until the write queue is full. */
    private void fill() {
      while (context.channel().isWritable() && !clients.isOver()) {
        awaited += clients.message.readableBytes();
        context.writeAndFlush(clients.message.duplicate(), context.voidPromise());
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (bulk && context.channel().isWritable()) {
        fill();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      int length = bytes.readableBytes();
      try {
        check(bytes);
      } finally {
        bytes.release();
      }
      awaited -= length;
      if (bulk) {
        clients.received(length);
        if (awaited == 0 && clients.isOver()) {
          clients.done();
        }
      } else if (awaited == 0
          && clients.answered(clients.reply.readableBytes(), sent, System.nanoTime())) {
        send();
      }
    }

    private void check(ByteBuf bytes) {
      while (bytes.isReadable()) {
        int length = Math.min(bytes.readableBytes(), clients.reply.readableBytes() - at);
        if (!ByteBufUtil.equals(bytes, bytes.readerIndex(), clients.reply, at, length)) {
          throw new IllegalStateException("a wrong reply");
        }
        bytes.skipBytes(length);
        at = (at + length) % clients.reply.readableBytes();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      clients.failed(new IllegalStateException("the server has closed a connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      clients.failed(cause);
    }
  }
}
