package io.upper.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** UDP sockets, each with one datagram in flight; lost datagrams are retransmitted. */
public final class DatagramClients implements Load {
  private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Clients clients;
  private final List<Client> connected = new ArrayList<>();

  public DatagramClients(InetSocketAddress server, int count, int messageBytes) {
    this.clients = new Clients(messageBytes);
    for (int i = 0; i < count; i++) {
      Client client = new Client();
      new Bootstrap()
          .group(clients.loop)
          .channel(EpollDatagramChannel.class)
          .handler(client)
          .connect(server)
          .syncUninterruptibly();
      connected.add(client);
    }
    clients.loop.scheduleAtFixedRate(
        () -> connected.forEach(Client::sendAgainIfLost),
        LOST_NANOS,
        LOST_NANOS,
        TimeUnit.NANOSECONDS);
  }

  @Override
  public Result run(Duration duration) throws Exception {
    return clients.run(connected.size(), duration, () -> connected.forEach(Client::send));
  }

  @Override
  public void close() {
    clients.close();
  }

  private final class Client extends SimpleChannelInboundHandler<DatagramPacket> {
    private ChannelHandlerContext context;
    private long sent;
    private boolean awaiting;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      this.context = context;
    }

    void send() {
      awaiting = true;
      sent = System.nanoTime();
      context.writeAndFlush(clients.message.duplicate(), context.voidPromise());
    }

    void sendAgainIfLost() {
      if (awaiting && System.nanoTime() - sent > LOST_NANOS) {
        send();
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      if (!ByteBufUtil.equals(packet.content(), clients.reply)) {
        clients.failed(new IllegalStateException("a wrong reply"));
      } else if (awaiting) {
        awaiting = false;
        if (clients.answered(packet.content().readableBytes(), sent, System.nanoTime())) {
          send();
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      clients.failed(cause);
    }
  }
}
