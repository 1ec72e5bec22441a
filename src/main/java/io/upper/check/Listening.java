package io.upper.check;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this machine: which is free, and where somebody listens, if possible without a
 * connection, which a server would have to serve.
 */
final class Listening {
  // Below those that Linux takes for clients: no connection is in the way, or connects to itself.
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_000;
  private static final int TRIES = 100;

  // proc(5): "sl local_address rem_address st …", st 0A is LISTEN.
  private static final Path IPV4 = Path.of("/proc/net/tcp");
  private static final Path IPV6 = Path.of("/proc/net/tcp6");
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final String LISTEN = "0A";

  private static final int CONNECT_MILLIS = 1000;

  private static final InetAddress LOCALHOST = NetUtil.LOCALHOST4;
  private static final InetAddress LOCALHOST_6 = NetUtil.LOCALHOST6;

  private Listening() {}

  /**
   * A port that is free now.
   *
   * @throws IOException if none was found
   */
  static int freePort() throws IOException {
    IOException last = new IOException("no port");
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("no free port: " + last.getMessage(), last);
  }

  /** The address at which a client of this machine reaches who listens there: 127.0.0.1 first. */
  static Optional<InetSocketAddress> on(int port) throws IOException {
    return (Files.isReadable(IPV4) ? listed(port) : connected(port))
        .stream()
            .min(Comparator.comparing(address -> address.equals(LOCALHOST) ? 0 : 1))
            .map(address -> new InetSocketAddress(address, port));
  }

  private static List<InetAddress> listed(int port) throws IOException {
    List<InetAddress> found = new ArrayList<>();
    for (Path table : List.of(IPV4, IPV6)) {
      for (String line : Files.isReadable(table) ? Files.readAllLines(table) : List.<String>of()) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > STATE && fields[STATE].equals(LISTEN)) {
          String[] local = fields[LOCAL].split(":");
          if (Integer.parseInt(local[1], 16) == port) {
            found.add(reachable(address(local[0]), port));
          }
        }
      }
    }
    return found;
  }

  /** Written as 32-bit numbers in the order of this machine's bytes. */
  private static InetAddress address(String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    ByteBuffer address = ByteBuffer.allocate(bytes.length).order(ByteOrder.nativeOrder());
    while (numbers.hasRemaining()) {
      address.putInt(numbers.getInt());
    }
    return InetAddress.getByAddress(address.array());
  }

  private static InetAddress reachable(InetAddress address, int port) throws IOException {
    if (!address.isAnyLocalAddress()) {
      return address;
    }
    // A socket on :: serves IPv4, too, unless it is set to IPv6 only.
    return address.getAddress().length == 4 || isTaken(LOCALHOST, port) ? LOCALHOST : LOCALHOST_6;
  }

  private static boolean isTaken(InetAddress address, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, port));
      return false;
    } catch (BindException e) {
      return true;
    }
  }

  private static List<InetAddress> connected(int port) throws IOException {
    List<InetAddress> found = new ArrayList<>();
    for (InetAddress address : List.of(LOCALHOST, LOCALHOST_6)) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        found.add(address);
      } catch (IOException e) {
        // Not there, or not yet.
      }
    }
    return found;
  }
}
