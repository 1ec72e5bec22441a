package io.upper.net;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Resolves names with the operating system's resolver, and formats addresses by RFC 5952, with the
 * zone of a link-local address (RFC 4007, section 11) and with brackets before a port.
 */
public final class Addresses {
  /** The prefix of the path of a Unix domain socket, where a host or an address is expected. */
  public static final String UNIX = "unix:";

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Addresses() {}

  /**
   * All addresses of a host, without duplicates, in the order of the system's resolver. Blocks.
   *
   * @param host a name, or a literal address, which may have a zone ({@code fe80::1%eth0}) or
   *     brackets
   * @throws UnknownHostException if the name has no address
   */
  public static List<InetAddress> resolve(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host)).stream().distinct().toList();
  }

  /**
   * Whether a host is this machine only: {@code localhost}, or a literal loopback address. Does not
   * resolve names.
   */
  public static boolean isLoopback(String host) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return literal == null
          ? host.equalsIgnoreCase("localhost")
          : InetAddress.getByAddress(literal).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // Not the length of an address.
    }
  }

  /** An address without port: {@code 127.0.0.1}, {@code ::1}, {@code fe80::1%eth0}. */
  public static String text(InetAddress address) {
    String zone = "";
    if (address instanceof Inet6Address ipv6) {
      if (ipv6.getScopedInterface() != null) {
        zone = "%" + ipv6.getScopedInterface().getName();
      } else if (ipv6.getScopeId() > 0) {
        zone = "%" + ipv6.getScopeId();
      }
    }
    return NetUtil.toAddressString(address) + zone;
  }

  /** An address with its port: {@code 127.0.0.1:2000}, {@code [::1]:2000}. */
  public static String text(InetSocketAddress address) {
    return address.isUnresolved()
        ? text(address.getHostString(), address.getPort())
        : text(text(address.getAddress()), address.getPort());
  }

  /** A socket address; the path of a Unix socket (from a PROXY header) is made one line. */
  public static String text(SocketAddress address) {
    if (address.isDomainSocket()) {
      return UNIX + CONTROL.matcher(address.path()).replaceAll("?");
    }
    String host = address.hostAddress() == null ? address.host() : address.hostAddress();
    int percent = host.indexOf('%');
    String zone = percent < 0 || host.endsWith("%0") ? "" : host.substring(percent);
    byte[] literal =
        NetUtil.createByteArrayFromIpAddressString(percent < 0 ? host : host.substring(0, percent));
    return text(literal == null ? host : text(literal) + zone, address.port());
  }

  /** Whether a host is the path of a Unix domain socket: {@code unix:/run/upper.sock}. */
  public static boolean isPath(String host) {
    return host.startsWith(UNIX);
  }

  /** The path of such a host. */
  public static String path(String host) {
    return host.substring(UNIX.length());
  }

  /** The host of an address: {@code 127.0.0.1}, {@code ::1}, {@code unix:/run/upper.sock}. */
  public static String host(java.net.SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? text(inet.getAddress())
        : UNIX + address; // It is its path.
  }

  /** The port of an address; 0 for that of a Unix domain socket. */
  public static int port(java.net.SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }

  private static String text(byte[] address) {
    try {
      return text(InetAddress.getByAddress(address));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("not the length of an address", e);
    }
  }

  /**
   * A host as the user wrote it, and a port: {@code localhost:2000}, {@code [::1]:2000}; a path has
   * none: {@code unix:/run/upper.sock}.
   */
  public static String text(String host, int port) {
    if (isPath(host)) {
      return host;
    }
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bare ? "[" + host + "]" : host) + ":" + port;
  }
}
