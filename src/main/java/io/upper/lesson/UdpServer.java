package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Locale;

/**
 * An iterative UDP server: one thread and one {@link DatagramSocket}. There are no connections:
 * each datagram is a request and carries the address to reply to.
 *
 * <pre>
 * ./upper lesson udp-server 2000
 * echo hello | nc -u -w1 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_server.py}, {@code UDP6_server.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The source of a datagram can be forged: two such servers can be made to send to each other
 *       forever. {@code io.upper.server.UdpServerVerticle} drops datagrams from server ports.
 *   <li>A datagram longer than its buffer is truncated ({@code udp/size/1472}): {@code
 *       io.upper.server.UdpChannel} receives the longest possible.
 *   <li>On a multihomed machine the reply may leave from another address than the request was sent
 *       to; a connected client drops it.
 * </ul>
 *
 * <p><b>Next:</b> {@link UdpThread}
 */
public final class UdpServer {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (DatagramSocket socket = new DatagramSocket(port)) {
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
