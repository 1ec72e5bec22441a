package io.upper.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds the ports of an address where members of a cluster are, or may be soon. Hazelcast asks
 * every address that it is given, and waits for minutes for a server of another kind that accepts
 * its connection; so those are found here and left out.
 *
 * <p>Members take the lowest port that is free. So one that starts at the same time is on one of
 * the first free ports.
 *
 * <p>Once joined, Hazelcast looks for other parts of the cluster, which may have formed apart, and
 * takes 5 s for each address where nobody listens: so it is given only those where a member is.
 */
final class MemberScan {
  /** Members that start at the same time and find each other. */
  static final int FREE_PORTS = 16;

  // A member sends the protocol's name back once it has read all of it, an echo server what it
  // reads.
  private static final byte[] PROTOCOL = "HZC".getBytes(StandardCharsets.US_ASCII);
  private static final int PART = 2;

  private static final int CONNECT_MILLIS = 1_000;
  private static final long ECHO_MILLIS = 50;
  private static final long ANSWER_MILLIS = 5_000;
  private static final int MAX_PORT = 65_535;

  private MemberScan() {}

  /**
   * Before joining: where members are, and the first free ports.
   *
   * @return out of {@code count} ports from {@code first} on, ascending
   */
  static List<Integer> candidates(InetAddress address, int first, int count) {
    List<Integer> free = new ArrayList<>();
    List<Integer> ports = new ArrayList<>(members(address, first, count, Set.of(), free));
    ports.addAll(free.subList(0, Math.min(FREE_PORTS, free.size())));
    ports.sort(null);
    return ports;
  }

  /**
   * Where members are that are not {@code known}. Blocks, for at most a few seconds on the own
   * machine.
   */
  static List<Integer> others(InetAddress address, int first, int count, Set<Integer> known) {
    return members(address, first, count, known, new ArrayList<>());
  }

  private static List<Integer> members(
      InetAddress address, int first, int count, Set<Integer> known, List<Integer> free) {
    Map<Integer, Socket> open = new LinkedHashMap<>();
    try {
      int last = Math.min(first + count - 1, MAX_PORT);
      for (int port = Math.max(first, 1); port <= last; port++) {
        Socket socket = known.contains(port) ? null : connect(address, port);
        if (socket != null) {
          open.put(port, socket);
        } else {
          free.add(port);
        }
      }
      keepMembers(open);
      return List.copyOf(open.keySet());
    } finally {
      open.values().forEach(MemberScan::close);
    }
  }

  /** Null if nobody listens. */
  private static Socket connect(InetAddress address, int port) {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      close(socket);
      return null;
    }
  }

  private static void keepMembers(Map<Integer, Socket> open) {
    keep(open, socket -> socket.getOutputStream().write(PROTOCOL, 0, PART));
    long echoed = deadline(ECHO_MILLIS);
    keep(open, socket -> requireSilence(socket, echoed));
    keep(open, socket -> socket.getOutputStream().write(PROTOCOL, PART, PROTOCOL.length - PART));
    long answered = deadline(ANSWER_MILLIS);
    keep(open, socket -> requireProtocol(socket, answered));
  }

  private interface Step {
    void take(Socket socket) throws IOException;
  }

  /** Closes and removes those that fail. */
  private static void keep(Map<Integer, Socket> open, Step step) {
    open.values()
        .removeIf(
            socket -> {
              try {
                step.take(socket);
                return false;
              } catch (IOException e) {
                close(socket);
                return true;
              }
            });
  }

  private static void requireSilence(Socket socket, long deadline) throws IOException {
    socket.setSoTimeout(left(deadline));
    try {
      int read = socket.getInputStream().read();
      throw new IOException("not silent: " + read);
    } catch (SocketTimeoutException e) {
      // As a member.
    }
  }

  private static void requireProtocol(Socket socket, long deadline) throws IOException {
    for (byte expected : PROTOCOL) {
      socket.setSoTimeout(left(deadline));
      int read = socket.getInputStream().read();
      if (read != expected) {
        throw new IOException("not a member's answer: " + read);
      }
    }
  }

  private static long deadline(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // At least 1: 0 would be without limit.
  private static int left(long deadline) {
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }
}
