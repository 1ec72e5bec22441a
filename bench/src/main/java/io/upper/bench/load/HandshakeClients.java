package io.upper.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Connects, completes a full handshake (no session resumption), closes, and repeats. */
public final class HandshakeClients implements Load {
  private final Clients clients = new Clients(0);
  private final InetSocketAddress server;
  private final SslContext tls;
  private final int count;

  public HandshakeClients(InetSocketAddress server, SslContext tls, int count) {
    this.server = server;
    this.tls = tls;
    this.count = count;
  }

  @Override
  public Result run(Duration duration) throws Exception {
    return clients.run(
        count,
        duration,
        () -> {
          for (int i = 0; i < count; i++) {
            connect();
          }
        });
  }

  private void connect() {
    long began = System.nanoTime();
    new Bootstrap()
        .group(clients.loop)
        .channel(EpollSocketChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                // Without the server's name and port no session can be resumed.
                channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Client(began));
              }
            })
        .connect(server)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                clients.failed(connected.cause());
              }
            });
  }

  @Override
  public void close() {
    clients.close();
  }

  private final class Client extends ChannelInboundHandlerAdapter {
    private final long began;

    Client(long began) {
      this.began = began;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (!handshake.isSuccess()) {
          clients.failed(handshake.cause());
          return;
        }
        context
            .close()
            .addListener(
                closed -> {
                  if (clients.answered(0, began, System.nanoTime())) {
                    connect();
                  }
                });
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      clients.failed(cause);
    }
  }
}
