package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/**
 * A UDP client: it sends each line of its standard input as a datagram over a {@link
 * DatagramSocket} and prints the datagram that it receives.
 *
 * <pre>
 * ./upper lesson udp-server 2000
 * printf 'hello\nworld\n' | ./upper lesson udp-client 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_client.py}, {@code UDP6_client.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>If a datagram is lost it waits forever: {@code io.upper.client.DatagramClient} retransmits.
 *   <li>It accepts a datagram from any sender as the reply: the same class connects its socket, as
 *       {@link UdpConnectedClient} does, so that the system filters by source.
 * </ul>
 *
 * <p><b>Next:</b> {@link UdpConnectedClient}
 */
public final class UdpClient {

  public static void main(String[] args) throws IOException {
    String host = args.length > 0 ? args[0] : "localhost";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    InetSocketAddress server = new InetSocketAddress(host, port);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (DatagramSocket socket = new DatagramSocket()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] request = line.getBytes(UTF_8);
        socket.send(new DatagramPacket(request, request.length, server));
        DatagramPacket reply = new DatagramPacket(new byte[1024], 1024);
        socket.receive(reply);
        String text = new String(reply.getData(), 0, reply.getLength(), UTF_8);
        System.out.println("Reply is '" + text + "'");
      }
    }
  }
}
