package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.Models;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves uppercase over UDP: each datagram of 0 to 65,507 bytes is a text of its own and is
 * answered by one datagram. Deployed with the {@code udp} section of the configuration; settings
 * left out have their defaults.
 *
 * <p>Each instance has a socket of its own, and the kernel spreads the datagrams over them by
 * sender. That needs SO_REUSEPORT, so a native transport; without one the first instance serves
 * alone.
 */
public final class UdpServerVerticle extends VerticleBase implements ServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(UdpServerVerticle.class);

  // When draining: what was sent by now has arrived when nothing came for so long.
  private static final long DRAIN_QUIET_MILLIS = 100;
  private static final long DROP_LOG_MILLIS = 1_000;

  private ServerSettings settings;
  private ServerGroup group;
  private UdpChannel udp;
  // Null without metrics.
  private ServerMetrics.Loop metrics;
  private int port;
  // Those whose answer comes later than the call.
  private final Set<DatagramExchange> pending = new HashSet<>();
  private long received;
  private long dropped;
  private boolean dropsToTell;
  private boolean reading;
  private Promise<Void> drained;

  @Override
  public int actualPort() {
    return port;
  }

  @Override
  public Future<?> start() {
    settings = ServerSettings.of(Protocol.UDP, config());
    group = ServerGroup.join(vertx, context, settings, Models::create);
    if (group.metrics() != null) {
      metrics = group.metrics().loop(Protocol.UDP);
      group.metrics().requests(Protocol.UDP);
    }
    return listen().recover(cause -> group.leave().transform(v -> Future.failedFuture(cause)));
  }

  private Future<Void> listen() {
    boolean shared = group.instances() > 1 && vertx.isNativeTransportEnabled();
    int sockets = shared ? group.instances() : 1;
    return group
        .address()
        .compose(host -> listen(host, shared))
        .onSuccess(bound -> port = bound.getPort())
        .onSuccess(bound -> group.listening(bound, sockets))
        .mapEmpty();
  }

  /** The first instance takes the port; the others share it, or stay idle. */
  private Future<InetSocketAddress> listen(InetAddress host, boolean shared) {
    if (group.first()) {
      warnIfAlone(shared);
      return bind(new InetSocketAddress(host, settings.port()), shared || settings.reusePort())
          .onFailure(group::failed);
    }
    return group
        .firstPort(context)
        .map(port -> new InetSocketAddress(host, port))
        .compose(address -> shared ? bind(address, true) : Future.succeededFuture(address));
  }

  private void warnIfAlone(boolean shared) {
    if (group.instances() > 1 && !shared) {
      LOG.warn(
          "udp serves with 1 socket instead of {}: sharing its port needs a native transport",
          group.instances());
    }
  }

  private Future<InetSocketAddress> bind(InetSocketAddress address, boolean reusePort) {
    return UdpChannel.bind((ContextInternal) context, address, reusePort, new Receiver())
        .recover(e -> Future.failedFuture(group.cannotListen(Session.reason(e), e)))
        .onSuccess(channel -> udp = channel)
        .map(channel -> new InetSocketAddress(address.getAddress(), channel.port()));
  }

  /** Hands what the socket receives over to the verticle's context. */
  private final class Receiver extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
      reading = true;
      ((ContextInternal) context).emit((DatagramPacket) message, UdpServerVerticle.this::received);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
      reading = false;
      channel.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext channel, Throwable cause) {
      LOG.warn("udp: {}", cause.getMessage());
    }
  }

  private void received(DatagramPacket packet) {
    received++;
    ByteBuf content = packet.content();
    if (metrics != null) {
      metrics.received(content.readableBytes());
    }
    if (!group.admit(settings.maxPending())) {
      content.release();
      dropped("max-pending", "more than " + settings.maxPending() + " are pending");
      return;
    }
    DatagramExchange exchange =
        new DatagramExchange(this, context, packet.sender(), group.observer());
    exchange.serve(group.model(), content);
    if (!exchange.isOver()) {
      pending.add(exchange);
    }
  }

  /** Sends the reply of an exchange, which is over. */
  void answered(DatagramExchange exchange, DatagramPacket reply) {
    over(exchange);
    int length = reply.content().readableBytes();
    if (metrics != null) {
      metrics.sent(length);
    }
    if (length > UdpChannel.MAX_PAYLOAD) {
      reply.release();
      dropped("too-long", "a reply of " + length + " bytes does not fit");
    } else if (length == 0) {
      reply.release();
      sendEmpty(reply.recipient());
    } else {
      udp.channel().write(reply).addListener((ChannelFutureListener) this::sent);
      if (!reading) {
        udp.channel().flush();
      }
    }
  }

  private void sent(ChannelFuture write) {
    if (!write.isSuccess()) {
      dropped("unsent", write.cause().getMessage());
    }
  }

  private void sendEmpty(InetSocketAddress to) {
    try {
      udp.sendEmpty(to);
    } catch (IOException e) {
      dropped("unsent", e.getMessage());
    }
  }

  /** An exchange failed, which is over; its client gets no reply. */
  void unanswered(DatagramExchange exchange, Throwable cause) {
    over(exchange);
    LOG.info("{} unanswered: {}", exchange.client(), Session.reason(cause));
    LOG.debug("{}", exchange.client(), cause);
  }

  private void over(DatagramExchange exchange) {
    group.release();
    if (pending.remove(exchange) && drained != null && pending.isEmpty()) {
      awaitQuiet();
    }
  }

  /**
   * Counts a datagram that gets no reply; of many in a second the log has the first and the sum.
   */
  private void dropped(String reason, String detail) {
    dropped++;
    if (group.metrics() != null) {
      group.metrics().dropped(reason);
    }
    if (!dropsToTell) {
      dropsToTell = true;
      LOG.warn("udp datagram dropped: {} ({} so far)", detail, dropped);
      long told = dropped;
      vertx.setTimer(DROP_LOG_MILLIS, id -> tellDrops(told));
    }
  }

  private void tellDrops(long told) {
    dropsToTell = false;
    if (dropped > told) {
      LOG.warn("udp datagrams dropped: {} more ({} so far)", dropped - told, dropped);
    }
  }

  /** Has all that was sent answered, then closes: within {@code drainSeconds}. */
  @Override
  public Future<?> stop() {
    if (udp == null) {
      return group.leave();
    }
    drained = Promise.promise();
    long timeout = Math.max(1, settings.drainSeconds() * 1000L);
    vertx.setTimer(timeout, id -> drained.tryComplete());
    if (pending.isEmpty()) {
      awaitQuiet();
    }
    return drained.future().compose(v -> close()).eventually(group::leave);
  }

  private void awaitQuiet() {
    long before = received;
    vertx.setTimer(
        DRAIN_QUIET_MILLIS,
        id -> {
          if (pending.isEmpty() && received == before) {
            drained.tryComplete();
          } else if (pending.isEmpty()) {
            awaitQuiet();
          }
        });
  }

  private Future<Void> close() {
    for (DatagramExchange late : List.copyOf(pending)) {
      late.cancel();
    }
    Promise<Void> closed = Promise.promise();
    udp.channel().close().addListener(done -> closed.complete());
    return closed.future();
  }
}
