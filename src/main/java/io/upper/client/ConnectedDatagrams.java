package io.upper.client;

import io.upper.jvm.Daemon;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.function.Consumer;

/**
 * A UDP socket connected to one server: the kernel drops datagrams from other senders and reports a
 * closed port (ICMP). A dedicated daemon thread reads it.
 *
 * <p>Vert.x's DatagramSocket can neither connect nor send an empty datagram.
 */
final class ConnectedDatagrams {
  private static final int MAX_DATAGRAM = 65_535;

  private final Context context;
  private final Consumer<Buffer> received;
  private final Consumer<IOException> failed;
  private final InetSocketAddress server;
  private final ProtocolFamily family;
  private final DatagramChannel channel;
  private final SocketAddress local;

  /**
   * Connects a socket and starts reading.
   *
   * @param context the context that calls {@code received} and {@code failed}
   * @param failed called when the port is closed, and when reading fails
   * @throws IOException if there is no route to that address
   */
  ConnectedDatagrams(
      Context context,
      InetSocketAddress server,
      Consumer<Buffer> received,
      Consumer<IOException> failed)
      throws IOException {
    this.context = context;
    this.received = received;
    this.failed = failed;
    this.server = server;
    family =
        server.getAddress() instanceof Inet6Address
            ? StandardProtocolFamily.INET6
            : StandardProtocolFamily.INET;
    channel = DatagramChannel.open(family);
    try {
      channel.connect(server);
      local = SocketAddress.inetSocketAddress((InetSocketAddress) channel.getLocalAddress());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    Daemon.start("udp client", this::readAll);
  }

  private void readAll() {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
    try {
      while (true) {
        read(buffer.clear());
      }
    } catch (ClosedChannelException e) {
      // Closed by close().
    } catch (IOException e) {
      context.runOnContext(v -> failed.accept(e));
    }
  }

  private void read(ByteBuffer buffer) throws IOException {
    try {
      channel.read(buffer);
      Buffer bytes =
          Buffer.buffer(buffer.position()).appendBytes(buffer.array(), 0, buffer.position());
      context.runOnContext(v -> received.accept(bytes));
    } catch (PortUnreachableException e) {
      context.runOnContext(v -> failed.accept(e));
    }
  }

  /** Sends a datagram without blocking: a single one always fits into the send buffer. */
  void send(Buffer bytes) throws IOException {
    if (bytes.length() > 0) {
      channel.write(ByteBuffer.wrap(bytes.getBytes()));
    } else {
      sendEmpty();
    }
  }

  /**
   * Sends an empty datagram from the same port through a second socket: on a connected channel Java
   * treats an empty buffer as nothing to write. The kernel delivers the reply to the connected
   * socket.
   */
  private void sendEmpty() throws IOException {
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    try (DatagramChannel sender = DatagramChannel.open(family)) {
      sender.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      sender.bind(channel.getLocalAddress()).send(ByteBuffer.allocate(0), server);
    }
  }

  SocketAddress localAddress() {
    return local;
  }

  void close() throws IOException {
    channel.close();
  }
}
