package io.upper.check;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
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

  // proc(5): "sl local_address rem_address st …"; st 0A is LISTEN, 07 a UDP socket without a peer.
  private static final Path TABLES = Path.of("/proc/net");
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final String LISTEN = "0A";
  private static final String UNCONNECTED = "07";

  private static final int CONNECT_MILLIS = 1000;

  private static final InetAddress LOCALHOST = NetUtil.LOCALHOST4;
  private static final InetAddress LOCALHOST_6 = NetUtil.LOCALHOST6;

  private Listening() {}

  /**
   * A port that is free now, of TCP and of UDP.
   *
   * @throws IOException if none was found
   */
  static int freePort() throws IOException {
    IOException last = new IOException("no port");
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port);
          DatagramSocket datagrams = new DatagramSocket(port)) {
        return Math.min(socket.getLocalPort(), datagrams.getLocalPort());
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("no free port: " + last.getMessage(), last);
  }

  /** The address at which a client of this machine reaches who listens there: 127.0.0.1 first. */
  static Optional<InetSocketAddress> on(int port, boolean udp) throws IOException {
    return found(port, udp).stream()
        .min(Comparator.comparing(address -> address.equals(LOCALHOST) ? 0 : 1))
        .map(address -> new InetSocketAddress(address, port));
  }

  private static List<InetAddress> found(int port, boolean udp) throws IOException {
    Path table = TABLES.resolve(udp ? "udp" : "tcp");
    if (Files.isReadable(table)) {
      return listed(table, port, udp);
    }
    // A datagram tells nothing: who gets it may be silent.
    return udp ? taken(port) : connected(port);
  }

  private static List<InetAddress> listed(Path table, int port, boolean udp) throws IOException {
    List<InetAddress> found = new ArrayList<>();
    for (Path each : List.of(table, table.resolveSibling(table.getFileName() + "6"))) {
      for (String line : Files.isReadable(each) ? Files.readAllLines(each) : List.<String>of()) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length > STATE && fields[STATE].equals(udp ? UNCONNECTED : LISTEN)) {
          String[] local = fields[LOCAL].split(":");
          if (Integer.parseInt(local[1], 16) == port) {
            found.add(reachable(address(local[0]), port, udp));
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

  private static InetAddress reachable(InetAddress address, int port, boolean udp)
      throws IOException {
    if (!address.isAnyLocalAddress()) {
      return address;
    }
    // A socket on :: serves IPv4, too, unless it is set to IPv6 only.
    boolean both = address.getAddress().length == 4 || isTaken(LOCALHOST, port, udp);
    return both ? LOCALHOST : LOCALHOST_6;
  }

  private static boolean isTaken(InetAddress address, int port, boolean udp) throws IOException {
    InetSocketAddress local = new InetSocketAddress(address, port);
    try (Socket socket = new Socket();
        DatagramSocket datagrams = new DatagramSocket(null)) {
      if (udp) {
        datagrams.bind(local);
      } else {
        socket.bind(local);
      }
      return false;
    } catch (BindException e) {
      return true;
    }
  }

  private static List<InetAddress> taken(int port) throws IOException {
    List<InetAddress> found = new ArrayList<>();
    for (InetAddress address : List.of(LOCALHOST, LOCALHOST_6)) {
      try {
        if (isTaken(address, port, true)) {
          found.add(address);
        }
      } catch (SocketException e) {
        // There is no IPv6.
      }
    }
    return found;
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
