package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;

/**
 * A client of a multicast group: its {@link MulticastSocket} sends each line of standard input to
 * the group, on one network interface, and prints all replies that arrive within a second.
 *
 * <pre>
 * ./upper lesson mcast-server 2000 239.0.0.1 lo
 * echo hello | ./upper lesson mcast-client 239.0.0.1 2000 lo
 * </pre>
 *
 * <p><b>Python:</b> {@code mcast/UDP_client.py}, {@code mcast/UDP6_client.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>It does not know the number of members, so it cannot notice lost replies.
 *   <li>A late reply is attributed to the next line: {@code io.upper.client.DatagramClient}
 *       recognises late replies.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpServer}
 */
public final class McastClient {
  private static final int WAIT_MILLIS = 1000;

  public static void main(String[] args) throws IOException {
    String host = args.length > 0 ? args[0] : "239.0.0.1";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    InetSocketAddress group = new InetSocketAddress(host, port);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (MulticastSocket socket = new MulticastSocket()) {
      socket.setNetworkInterface(NetworkInterface.getByName(args.length > 2 ? args[2] : "lo"));
      socket.setSoTimeout(WAIT_MILLIS);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] request = line.getBytes(UTF_8);
        socket.send(new DatagramPacket(request, request.length, group));
        printReplies(socket);
      }
    }
  }

  private static void printReplies(MulticastSocket socket) throws IOException {
    try {
      while (true) {
        DatagramPacket reply = new DatagramPacket(new byte[1024], 1024);
        socket.receive(reply);
        String text = new String(reply.getData(), 0, reply.getLength(), UTF_8);
        System.out.println("Reply is '" + text + "' from " + reply.getSocketAddress());
      }
    } catch (SocketTimeoutException e) {
      // No further reply within the timeout.
    }
  }
}
