package io.upper.client;

import io.netty.util.NetUtil;
import io.upper.net.Addresses;
import io.vertx.core.Future;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;

/**
 * A server to connect to: the addresses of its host, as the operating system resolves it, and its
 * TLS server name. Thread-safe.
 */
public final class Target {
  // A Unix socket has no name of its own: its server is one of this machine.
  private static final String NAME_OF_PATH = "localhost";

  private final List<InetSocketAddress> addresses;
  private final List<SocketAddress> sockets;
  private final String host;

  // Index of the address that accepted last, tried first by the next connection.
  private volatile int preferred;

  private Target(List<InetSocketAddress> addresses) {
    this.addresses = List.copyOf(addresses);
    this.sockets = this.addresses.stream().map(SocketAddress::inetSocketAddress).toList();
    this.host = addresses.get(0).getHostString();
  }

  private Target(String path) {
    this.addresses = List.of();
    this.sockets = List.of(SocketAddress.domainSocketAddress(path));
    this.host = NAME_OF_PATH;
  }

  /**
   * Resolves a host; blocks.
   *
   * @param host a name, a literal address with or without a zone, or {@code unix:} and the path of
   *     a Unix domain socket, which has no port
   * @throws UnknownHostException if the name has no address
   */
  public static Target resolve(String host, int port) throws UnknownHostException {
    if (Addresses.isPath(host)) {
      return new Target(Addresses.path(host));
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (InetAddress address : Addresses.resolve(host)) {
      addresses.add(new InetSocketAddress(reachable(address), port));
    }
    return new Target(addresses);
  }

  private static InetAddress reachable(InetAddress address) throws UnknownHostException {
    boolean ipv6 = address instanceof Inet6Address;
    if (address.isAnyLocalAddress()) {
      // A server on the wildcard address is reached at the loopback address.
      return InetAddress.getByName(ipv6 ? "::1" : "127.0.0.1");
    }
    String name = new InetSocketAddress(address, 0).getHostString();
    if (!name.endsWith(".")) {
      return address;
    }
    // No trailing dot in certificates (RFC 5280 4.2.1.6, RFC 1034 3.5) or SNI (RFC 6066 3).
    String withoutDot = name.substring(0, name.length() - 1);
    return ipv6
        ? Inet6Address.getByAddress(
            withoutDot, address.getAddress(), ((Inet6Address) address).getScopeId())
        : InetAddress.getByAddress(withoutDot, address.getAddress());
  }

  /**
   * The server's addresses, at least one, in the order to try them; each carries the host name.
   * Empty with a path.
   */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** How many addresses {@link #connect} may try, at least one. */
  int attempts() {
    return sockets.size();
  }

  /**
   * The server name sent in TLS handshakes (SNI), or null if RFC 6066, section 3, does not allow
   * the host's as one.
   */
  public String serverName() {
    if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
      return null;
    }
    try {
      return new SNIHostName(host).getAsciiName();
    } catch (IllegalArgumentException e) {
      return null; // my_host
    }
  }

  /**
   * Tries the addresses one after the other until one accepts.
   *
   * @return the connection, still without TLS; fails with the failure of the first address tried
   */
  public Future<NetSocket> connect(NetClient client) {
    return connect(client, preferred, sockets.size());
  }

  private Future<NetSocket> connect(NetClient client, int index, int left) {
    return client
        .connect(sockets.get(index))
        .onSuccess(socket -> preferred = index)
        .recover(
            cause ->
                left == 1
                    ? Future.failedFuture(cause)
                    : connect(client, (index + 1) % sockets.size(), left - 1)
                        .recover(others -> Future.failedFuture(cause)));
  }

  /**
   * Upgrades a connection of {@link #connect} to TLS.
   *
   * @return completes after the handshake; never if the connection is already closed, so add a
   *     timeout
   */
  public Future<Void> handshake(NetSocket socket) {
    return socket.upgradeToSsl(serverName());
  }
}
