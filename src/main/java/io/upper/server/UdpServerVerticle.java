package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import io.upper.config.Protocol;
import io.upper.model.Models;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.upper.net.Listeners.Listener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves over UDP: each datagram of 0 to 65,507 bytes is a conversation of its own and is answered
 * by one datagram. Deployed with the {@code udp} section: see {@link ServerVerticle}.
 *
 * <p>Each instance has a socket of its own, and the kernel spreads the datagrams over them by
 * sender. That needs SO_REUSEPORT, so a native transport; without one the first instance serves
 * alone.
 *
 * <p>{@link SourceFilter} keeps it from talking to itself, or to another service, without end.
 *
 * <p>Nor does it serve to amplify an attack on a forged source: a reply is at most {@value
 * DatagramReplies#MAX_GROWTH} times as long as its request, the most that uppercase can grow in
 * UTF-8.
 */
public final class UdpServerVerticle extends VerticleBase implements ServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(UdpServerVerticle.class);

  // When draining: what was sent by now has arrived when nothing came for so long.
  private static final long DRAIN_QUIET_MILLIS = 100;

  private final Function<Context, ServerGroup> groups;
  private ServerGroup group;
  // One for each address; none without a native transport, but for the first instance.
  private final List<UdpChannel> channels = new ArrayList<>();
  // One for each of them that is bound to a wildcard address.
  private final List<LocalAddresses> local = new ArrayList<>();
  private final DatagramSlots slots = new DatagramSlots();
  // Null without metrics.
  private ServerMetrics.Loop metrics;
  private int port;
  private PendingExchanges pending;
  private SourceFilter sources;
  private DatagramReplies replies;
  private long received;
  private Promise<Void> drained;

  public UdpServerVerticle() {
    this(ServerGroup.ofDeployment(Protocol.UDP, Models::create));
  }

  /**
   * @param groups finds the group that an instance joins, by its context
   */
  UdpServerVerticle(Function<Context, ServerGroup> groups) {
    this.groups = groups;
  }

  @Override
  public int actualPort() {
    return port;
  }

  @Override
  public Future<Void> unbound() {
    // Its sockets come and go on its own event loop.
    Promise<Void> unbound = Promise.promise();
    context.runOnContext(
        v -> forEach(UdpChannel::closed, LocalAddresses::closed).onComplete(unbound));
    return unbound.future();
  }

  @Override
  public Future<?> start() {
    group = groups.apply(context).join();
    pending = new PendingExchanges(vertx, group);
    sources = new SourceFilter(group, () -> port);
    metrics = group.metrics() == null ? null : group.metrics().loop(Protocol.UDP);
    replies = new DatagramReplies(group.admission().rejections(), metrics);
    return listen()
        .recover(
            cause ->
                close().compose(v -> group.leave()).transform(v -> Future.failedFuture(cause)));
  }

  private Future<Void> listen() {
    boolean shared = vertx.isNativeTransportEnabled();
    return listen(shared)
        .compose(
            all -> {
              all.forEach(listener -> channels.add(listener.socket()));
              port = group.addresses().port();
              return replyFromLocalAddresses();
            })
        .onSuccess(v -> group.addresses().listening(shared ? group.addresses().instances() : 1));
  }

  /** The first instance takes the addresses; the others share them, or stay idle. */
  private Future<List<Listener<UdpChannel>>> listen(boolean shared) {
    if (group.addresses().claim()) {
      warnIfAlone(shared);
      return group.addresses().take(listeners(group.addresses().bindsShared()));
    }
    Listeners<UdpChannel> listeners = listeners(true);
    return shared
        ? group.addresses().share(listeners, context)
        : group.addresses().taken(context).map(List.of());
  }

  private void warnIfAlone(boolean shared) {
    if (group.addresses().instances() > 1 && !shared) {
      LOG.warn(
          "udp serves with 1 socket instead of {}: sharing its port needs a native transport",
          group.addresses().instances());
    }
  }

  private Listeners<UdpChannel> listeners(boolean reusePort) {
    return new Listeners<>(
        Protocol.UDP.word(),
        address ->
            UdpChannel.bind((ContextInternal) context, address, reusePort, this)
                .map(channel -> new Listener<>(at(address, channel), channel)),
        UdpChannel::close);
  }

  /** With the zone as it was given. */
  private static InetSocketAddress at(InetSocketAddress address, UdpChannel channel) {
    return new InetSocketAddress(address.getAddress(), channel.address().getPort());
  }

  /** Replies leave from the address that was asked, if the system lets us know and have it. */
  private Future<Void> replyFromLocalAddresses() {
    List<Future<Void>> started = new ArrayList<>();
    for (UdpChannel channel : channels) {
      InetAddress address = channel.address().getAddress();
      if (address.isAnyLocalAddress() && vertx.isNativeTransportEnabled()) {
        LocalAddresses addresses =
            new LocalAddresses(
                this, vertx, channel, group.addresses().discovered(), this::bindLocal);
        channel.replyFrom(addresses);
        local.add(addresses);
        started.add(addresses.start());
      } else if (address.isAnyLocalAddress()) {
        LOG.info(
            "udp replies leave from the address that routing prefers, not from the one asked:"
                + " that needs a native transport, or that address as host instead of {}",
            group.settings().host());
      }
    }
    return Future.join(started).mapEmpty();
  }

  private Future<UdpChannel> bindLocal(InetAddress address) {
    return UdpChannel.bind(
        (ContextInternal) context, new InetSocketAddress(address, port), true, this);
  }

  /** Whether a socket has received what is not answered yet. */
  boolean isAnswering(UdpChannel channel) {
    return pending.isAnswering(channel);
  }

  /** The memory that all its sockets receive into, one after the other. */
  DatagramSlots slots() {
    return slots;
  }

  /** A datagram was received by a socket, to be answered by it or another one. */
  void received(UdpChannel channel, DatagramPacket packet) {
    received++;
    ByteBuf content = packet.content();
    if (metrics != null) {
      metrics.received(content.readableBytes());
    }
    if (!sources.admits(packet.sender())) {
      content.release();
      return;
    }
    DatagramExchange exchange;
    try {
      exchange = new DatagramExchange(this, channel, context, packet.sender(), group);
    } catch (Throwable e) {
      content.release();
      LOG.info("udp {} unanswered: {}", Addresses.text(packet.sender()), e.toString());
      return;
    }
    if (exchange.isCounted() && !group.admission().admit()) {
      content.release();
      return;
    }
    exchange.serve(content);
    if (!exchange.isOver()) {
      pending.add(exchange);
    }
  }

  /** An exchange has waited too long, and is over. */
  void givenUp(DatagramExchange exchange) {
    over(exchange);
    group.admission().givenUp(exchange.client());
  }

  /** Sends the reply of an exchange, which is over. */
  void answered(DatagramExchange exchange, DatagramPacket reply) {
    over(exchange);
    replies.send(exchange, reply);
  }

  /** A reply could not be sent; or nothing received. */
  void unsent(Throwable cause) {
    replies.unsent(cause);
  }

  /** An exchange failed, which is over; its client gets no reply. */
  void unanswered(DatagramExchange exchange, Throwable cause) {
    over(exchange);
    LOG.info("{} unanswered: {}", exchange.client(), Listeners.reason(cause));
    LOG.debug("{}", exchange.client(), cause);
  }

  private void over(DatagramExchange exchange) {
    if (!exchange.isCounted()) {
      return;
    }
    group.admission().release();
    if (pending.remove(exchange) && drained != null && pending.isEmpty()) {
      awaitQuiet();
    }
  }

  /** Has all that was sent answered, then closes: within {@code drainSeconds}. */
  @Override
  public Future<?> stop() {
    if (channels.isEmpty()) {
      return group.leave();
    }
    drained = Promise.promise();
    long timeout = Math.max(1, group.settings().drainSeconds() * 1000L);
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
    pending.cutOff();
    return forEach(UdpChannel::close, LocalAddresses::close).onComplete(v -> slots.release());
  }

  private Future<Void> forEach(
      Function<UdpChannel, Future<Void>> channel,
      Function<LocalAddresses, Future<Void>> addresses) {
    return Future.join(
            Stream.concat(channels.stream().map(channel), local.stream().map(addresses)).toList())
        .mapEmpty();
  }
}
