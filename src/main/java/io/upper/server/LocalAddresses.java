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
 * Makes an instance on a wildcard address reply from the address that a request was sent to, as
 * connected clients require: a wildcard socket sends from the address that routing prefers. So, as
 * in BIND and ntpd, each local address has a socket, and the kernel delivers datagrams for that
 * address to it. Runs on the instance's event loop.
 *
 * <p>The interfaces are polled for their addresses. Others are local too (all of 127.0.0.0/8, and
 * routes of type local): they are discovered from the first datagram sent to them, with epoll and
 * IPv4 (IP_RECVORIGDSTADDR), and the other instances bind them at their next poll. Processes that
 * share a port do not: such an address is then served by the process that received the first
 * datagram.
 */
final class LocalAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

  private static final long POLL_MILLIS = 5_000;

  // Each takes a socket in every instance.
  private static final int MAX_ADDRESSES = 64;

  private static final InetAddress LIMITED_BROADCAST =
      NetUtil.createInetAddressFromIpAddressString("255.255.255.255");

  /** Addresses of the network interfaces. */
  private record Interfaces(Set<InetAddress> addresses, Set<InetAddress> broadcasts) {}

  private final UdpServerVerticle server;
  private final Vertx vertx;
  private final UdpChannel wildcard;
  private final boolean onlyIpv4;
  private final Set<InetAddress> discovered;
  private final Function<InetAddress, Future<UdpChannel>> bind;
  private final Future<UdpChannel> wildcardSocket;
  // Includes those that could not be bound, until the next poll.
  private final Map<InetAddress, Future<UdpChannel>> sockets = new HashMap<>();
  private Set<InetAddress> broadcasts = Set.of();
  private long timer;
  private boolean warned;
  private boolean closing;

  /**
   * @param discovered addresses found by datagrams sent to them; shared by all instances
   * @param bind opens a socket at an address, at the port of {@code wildcard}
   */
  LocalAddresses(
      UdpServerVerticle server,
      Vertx vertx,
      UdpChannel wildcard,
      Set<InetAddress> discovered,
      Function<InetAddress, Future<UdpChannel>> bind) {
    this.server = server;
    this.vertx = vertx;
    this.wildcard = wildcard;
    this.onlyIpv4 = wildcard.address().getAddress() instanceof Inet4Address;
    this.discovered = discovered;
    this.bind = bind;
    this.wildcardSocket = Future.succeededFuture(wildcard);
  }

  /** Completes when the addresses of the interfaces are bound. */
  Future<Void> start() {
    timer = vertx.setPeriodic(POLL_MILLIS, id -> poll());
    return poll();
  }

  /** Passes a datagram of the wildcard socket to the socket of its destination address. */
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
    // The wildcard: the transport does not report the destination.
    if (address.isAnyLocalAddress() || address.isMulticastAddress() || isBroadcast(address)) {
      return wildcardSocket;
    }
    if (closing || warnIfFull()) {
      return wildcardSocket;
    }
    discovered.add(address);
    return open(address);
  }

  private boolean isBroadcast(InetAddress address) {
    return broadcasts.contains(address) || address.equals(LIMITED_BROADCAST);
  }

  private boolean warnIfFull() {
    if (sockets.size() < MAX_ADDRESSES) {
      return false;
    }
    if (!warned) {
      warned = true;
      LOG.warn(
          "udp replies of more than {} local addresses leave from the address that routing prefers: for"
              + " the others set that address as host",
          MAX_ADDRESSES);
    }
    return true;
  }

  private Future<UdpChannel> open(InetAddress address) {
    Future<UdpChannel> socket = bind.apply(address);
    sockets.put(address, socket);
    return socket.onFailure(
        e -> {
          discovered.remove(address);
          LOG.debug("udp {}: {}", Addresses.text(address), Listeners.reason(e));
        });
  }

  private Future<Void> poll() {
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
    // The interfaces now say when these vanish.
    discovered.removeAll(interfaces.addresses);
    Set<InetAddress> local = new HashSet<>(interfaces.addresses);
    local.addAll(discovered);
    if (onlyIpv4) {
      local.removeIf(address -> !(address instanceof Inet4Address));
    }
    sockets.entrySet().removeIf(socket -> isOver(socket.getKey(), socket.getValue(), local));
    List<Future<UdpChannel>> opened = new ArrayList<>();
    for (InetAddress address : local) {
      if (!sockets.containsKey(address) && !warnIfFull()) {
        opened.add(open(address));
      }
    }
    return Future.join(opened).<Void>mapEmpty().otherwiseEmpty();
  }

  /** Drops sockets that could not be bound, and closes those no longer local. */
  private boolean isOver(InetAddress address, Future<UdpChannel> socket, Set<InetAddress> local) {
    if (socket.failed()) {
      return true;
    }
    if (!socket.isComplete() || local.contains(address)) {
      return false;
    }
    if (server.isAnswering(socket.result())) {
      return false; // Closed by a later poll.
    }
    socket.result().close();
    return true;
  }

  /** Completes when all sockets are closed, some time after {@link #close}. */
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
