package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.Locale;

/**
 * A member of a multicast group: its {@link MulticastSocket} joins the group on one network
 * interface and receives each datagram sent to the group there. It replies to the sender only. If
 * several members run, each of them replies.
 *
 * <pre>
 * ./upper lesson mcast-server 2000 239.0.0.1 lo
 * echo hello | ./upper lesson mcast-client 239.0.0.1 2000 lo
 * </pre>
 *
 * <p><b>Python:</b> {@code mcast/UDP_server.py}, {@code mcast/UDP6_server.py} (they print what they
 * receive)
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Anyone on the network can send requests, and the source of a datagram can be forged: {@code
 *       io.upper.server.SourceRates} limits the replies per source.
 *   <li>One datagram to a large group triggers as many replies at once, and some get lost.
 * </ul>
 *
 * <p><b>Next:</b> {@link McastClient}
 */
public final class McastServer {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    InetAddress group = InetAddress.getByName(args.length > 1 ? args[1] : "239.0.0.1");
    NetworkInterface network = NetworkInterface.getByName(args.length > 2 ? args[2] : "lo");
    // Bound to all addresses: a socket bound to 127.0.0.1 receives no multicast datagrams.
    try (MulticastSocket socket = new MulticastSocket(port)) {
      socket.joinGroup(new InetSocketAddress(group, port), network);
      System.out.println("listening on port " + socket.getLocalPort());
      byte[] buffer = new byte[1024];
      while (true) {
        DatagramPacket request = new DatagramPacket(buffer, buffer.length);
        socket.receive(request);
        System.out.println("request from " + request.getSocketAddress());
        byte[] reply = upper(new String(buffer, 0, request.getLength(), UTF_8));
        socket.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
      }
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
