package io.upper.server;

import io.netty.channel.socket.DatagramPacket;
import io.netty.util.NetUtil;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an instance that is bound to a wildcard address reply from the address that was asked, as
 * connected clients need it: the source of what a wildcard socket sends is the one that routing
 * prefers. So there is a socket for each local address, as BIND and ntpd have, and the kernel hands
 * datagrams for that address to it. Lives on the event loop of the instance.
 *
 * <p>The addresses of the interfaces are looked up again and again. Others are local, too (all of
 * 127.0.0.0/8, and routes of type local): the first datagram tells them, with epoll and IPv4
 * (IP_RECVORIGDSTADDR), and the other instances hear of it at their next look. Processes that share
 * a port do not: such an address is then served by the one that was asked first.
 */
final class LocalAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

  private static final long LOOK_MILLIS = 5_000;

  // Each has a socket in every instance.
  private static final int MAX_ADDRESSES = 64;

  private static final InetAddress LIMITED_BROADCAST =
      NetUtil.createInetAddressFromIpAddressString("255.255.255.255");

  /** What the interfaces have. */
  private record Interfaces(Set<InetAddress> addresses, Set<InetAddress> broadcasts) {}

  private final UdpServerVerticle server;
  private final Vertx vertx;
  private final UdpChannel wildcard;
  private final boolean onlyIpv4;
  private final Set<InetAddress> asked;
  private final Function<InetAddress, Future<UdpChannel>> bind;
  private final Future<UdpChannel> itself;
  // Those that could not be bound, too, until the next look.
  private final Map<InetAddress, Future<UdpChannel>> sockets = new HashMap<>();
  private Set<InetAddress> broadcasts = Set.of();
  private long timer;
  private boolean full;
  private boolean closing;

  /**
   * @param asked the addresses that datagrams have told; shared by all instances
   * @param bind opens a socket at an address, at the port of {@code wildcard}
   */
  LocalAddresses(
      UdpServerVerticle server,
      Vertx vertx,
      UdpChannel wildcard,
      Set<InetAddress> asked,
      Function<InetAddress, Future<UdpChannel>> bind) {
    this.server = server;
    this.vertx = vertx;
    this.wildcard = wildcard;
    this.onlyIpv4 = wildcard.address().getAddress() instanceof Inet4Address;
    this.asked = asked;
    this.bind = bind;
    this.itself = Future.succeededFuture(wildcard);
  }

  /** Completes when the addresses of the interfaces have their sockets. */
  Future<Void> start() {
    timer = vertx.setPeriodic(LOOK_MILLIS, id -> look());
    return look();
  }

  /** What the wildcard socket has received is answered by the socket of the address asked. */
  void received(DatagramPacket packet) {
    Future<UdpChannel> socket = socketOf(packet.recipient().getAddress());
    if (socket.isComplete()) {
      received(socket, packet);
    } else {
      socket.onComplete(bound -> received(socket, packet));
    }
  }

  private void received(Future<UdpChannel> socket, DatagramPacket packet) {
    server.received(socket.succeeded() ? socket.result() : wildcard, packet);
  }

  private Future<UdpChannel> socketOf(InetAddress address) {
    Future<UdpChannel> socket = sockets.get(address);
    if (socket != null) {
      return socket;
    }
    // The wildcard: the transport does not tell which address was asked.
    if (address.isAnyLocalAddress() || address.isMulticastAddress() || isBroadcast(address)) {
      return itself;
    }
    if (closing || isFull()) {
      return itself;
    }
    asked.add(address);
    return open(address);
  }

  private boolean isBroadcast(InetAddress address) {
    return broadcasts.contains(address) || address.equals(LIMITED_BROADCAST);
  }

  private boolean isFull() {
    if (sockets.size() < MAX_ADDRESSES) {
      return false;
    }
    if (!full) {
      full = true;
      LOG.warn(
          "udp replies of more than {} local addresses leave from the one that routing prefers: for"
              + " the others name the address as host",
          MAX_ADDRESSES);
    }
    return true;
  }

  private Future<UdpChannel> open(InetAddress address) {
    Future<UdpChannel> socket = bind.apply(address);
    sockets.put(address, socket);
    return socket.onFailure(
        e -> {
          asked.remove(address);
          LOG.debug("udp {}: {}", Addresses.text(address), Listeners.reason(e));
        });
  }

  private Future<Void> look() {
    return vertx
        .executeBlocking(LocalAddresses::interfaces)
        .compose(this::update)
        .otherwise(
            e -> {
              LOG.warn("udp cannot look up the local addresses: {}", Listeners.reason(e));
              return null;
            });
  }

  private static Interfaces interfaces() throws SocketException {
    Set<InetAddress> addresses = new HashSet<>();
    Set<InetAddress> broadcasts = new HashSet<>();
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      network.inetAddresses().forEach(addresses::add);
      network.getInterfaceAddresses().stream()
          .map(InterfaceAddress::getBroadcast)
          .filter(Objects::nonNull)
          .forEach(broadcasts::add);
    }
    return new Interfaces(addresses, broadcasts);
  }

  private Future<Void> update(Interfaces interfaces) {
    if (closing) {
      return Future.succeededFuture();
    }
    broadcasts = interfaces.broadcasts;
    // From now on their interface tells when they vanish.
    asked.removeAll(interfaces.addresses);
    Set<InetAddress> local = new HashSet<>(interfaces.addresses);
    local.addAll(asked);
    if (onlyIpv4) {
      local.removeIf(address -> !(address instanceof Inet4Address));
    }
    sockets.entrySet().removeIf(socket -> isOver(socket.getKey(), socket.getValue(), local));
    List<Future<UdpChannel>> opened = new ArrayList<>();
    for (InetAddress address : local) {
      if (!sockets.containsKey(address) && !isFull()) {
        opened.add(open(address));
      }
    }
    return Future.join(opened).<Void>mapEmpty().otherwiseEmpty();
  }

  /** Forgets what could not be bound, and what is not local any more. */
  private boolean isOver(InetAddress address, Future<UdpChannel> socket, Set<InetAddress> local) {
    if (socket.failed()) {
      return true;
    }
    if (!socket.isComplete() || local.contains(address)) {
      return false;
    }
    if (server.isAnswering(socket.result())) {
      return false; // Until a later look.
    }
    socket.result().close();
    return true;
  }

  /** Completes when all its sockets are closed, some time after {@link #close}. */
  Future<Void> closed() {
    return forEach(UdpChannel::closed);
  }

  Future<Void> close() {
    vertx.cancelTimer(timer);
    closing = true;
    return forEach(UdpChannel::close);
  }

  private Future<Void> forEach(Function<UdpChannel, Future<Void>> action) {
    return Future.join(sockets.values().stream().map(socket -> socket.compose(action)).toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
