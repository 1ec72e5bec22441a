package io.upper.server;

import io.netty.channel.Channel;
import io.upper.config.UnixSocket;
import io.upper.net.Addresses;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;

/**
 * The address of a connection's client. Most clients of a Unix socket have none; theirs is that of
 * the server: {@code unix:/run/upper.sock}.
 */
final class PeerAddress {
  private PeerAddress() {}

  /** Of an established connection; that of a PROXY header, if it has one. */
  static SocketAddress of(NetSocketInternal socket, ServerGroup group) {
    SocketAddress peer = socket.remoteAddress();
    UnixSocket unix = group.settings().unix();
    return unix != null && isUnnamed(socket) && !hasHeader(socket, peer)
        ? SocketAddress.domainSocketAddress(unix.path().toString())
        : peer;
  }

  private static boolean isUnnamed(NetSocketInternal socket) {
    return name(socket.channelHandlerContext().channel()).isEmpty();
  }

  /** Without a header Vert.x names the socket's own address, or with NIO the working directory. */
  private static boolean hasHeader(NetSocketInternal socket, SocketAddress peer) {
    return !peer.equals(socket.localAddress(true)) && !peer.equals(socket.remoteAddress(true));
  }

  /** Of a connection that is not established: in its handshake, or rejected. */
  static String of(Channel connection, ServerGroup group) {
    if (connection.remoteAddress() instanceof InetSocketAddress address) {
      return Addresses.text(address);
    }
    String name = name(connection);
    return name.isEmpty()
        ? String.valueOf(group.settings().unix())
        : Addresses.text(SocketAddress.domainSocketAddress(name));
  }

  /** The path that a client has bound itself, usually empty. */
  private static String name(Channel connection) {
    Object address = connection.remoteAddress();
    return address == null ? "" : address.toString();
  }
}
