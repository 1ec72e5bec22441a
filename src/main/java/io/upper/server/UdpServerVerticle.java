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
 * Serves over UDP: each datagram of 0 to 65,507 bytes is its own conversation and is answered by
 * one datagram. Deployed with the {@code udp} section: see {@link ServerVerticle}.
 *
 * <p>Each instance has its own socket, and the kernel distributes the datagrams by sender. That
 * needs SO_REUSEPORT, so a native transport; without one only the first instance serves.
 *
 * <p>{@link SourceFilter} prevents endless loops with itself or another service.
 *
 * <p>Nor can it amplify an attack on a forged source: a reply is at most {@value
 * DatagramReplies#MAX_GROWTH} times as long as its request, the maximum growth of uppercase in
 * UTF-8.
 */
public final class UdpServerVerticle extends VerticleBase implements ServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(UdpServerVerticle.class);

  // Quiet period of a drain, after which all datagrams sent before have arrived.
  private static final long DRAIN_QUIET_MILLIS = 100;

  private final Function<Context, ServerGroup> groups;
  private ServerGroup group;
  // One per address; without a native transport only the first instance has any.
  private final List<UdpChannel> channels = new ArrayList<>();
  // One per channel bound to a wildcard address.
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
    // The sockets belong to its event loop.
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

  /** The first instance binds the addresses; the others share them, or stay idle. */
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

  /** Keeps the zone of an IPv6 address. */
  private static InetSocketAddress at(InetSocketAddress address, UdpChannel channel) {
    return new InetSocketAddress(address.getAddress(), channel.address().getPort());
  }

  /** Makes replies leave from the address that the request was sent to, where possible. */
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
            "udp replies leave from the address that routing prefers, not from the one that was"
                + " addressed: that needs a native transport, or that address as host instead of {}",
            group.settings().host());
      }
    }
    return Future.join(started).mapEmpty();
  }

  private Future<UdpChannel> bindLocal(InetAddress address) {
    return UdpChannel.bind(
        (ContextInternal) context, new InetSocketAddress(address, port), true, this);
  }

  /** Whether a socket has received a datagram that is not answered yet. */
  boolean isAnswering(UdpChannel channel) {
    return pending.isAnswering(channel);
  }

  /** The receive buffer of all its sockets. */
  DatagramSlots slots() {
    return slots;
  }

  /** Serves a datagram; {@code channel} sends the reply. */
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

  /** An exchange has waited too long and is over. */
  void givenUp(DatagramExchange exchange) {
    over(exchange);
    group.admission().givenUp(exchange.client());
  }

  /** An exchange is over: sends its reply. */
  void answered(DatagramExchange exchange, DatagramPacket reply) {
    over(exchange);
    replies.send(exchange, reply);
  }

  /** Sending a reply, or receiving, failed. */
  void unsent(Throwable cause) {
    replies.unsent(cause);
  }

  /** An exchange failed and is over: there is no reply. */
  void unanswered(DatagramExchange exchange, Throwable cause) {
    over(exchange);
    LOG.info("{} unanswered: {}", exchange.client(), Listeners.reason(cause));
    LOG.debug("{}", exchange.client(), cause);
  }

  private void over(DatagramExchange exchange) {
    if (exchange.isCounted()) {
      group.admission().release();
    }
    if (pending.remove(exchange) && drained != null && pending.isEmpty()) {
      awaitQuiet();
    }
  }

  /** Answers all requests sent before, then closes: within {@code drainSeconds}. */
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
