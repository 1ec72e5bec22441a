package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Locale;

/**
 * A concurrent UDP server: the main thread receives, and a {@link Thread} for each datagram does
 * the work and sends the reply. All share one {@link DatagramSocket}, which is thread-safe.
 *
 * <pre>
 * ./upper lesson udp-thread 2000
 * echo hello | nc -u -w1 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_ss_thread.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The number of threads is unlimited: {@code io.upper.server.Admission} drops datagrams above
 *       {@code maxPending}.
 *   <li>One sender can use up everything: {@code io.upper.server.SourceRates} limits the rate of
 *       each.
 *   <li>A datagram longer than 1,024 bytes is truncated ({@code udp/size/1472}): see {@link
 *       UdpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link UdpPool}
 */
public final class UdpThread {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (DatagramSocket socket = new DatagramSocket(port)) {
      System.out.println("listening on port " + socket.getLocalPort());
      while (true) {
        // A buffer per request: the next one may arrive while this one is in progress.
        DatagramPacket request = new DatagramPacket(new byte[1024], 1024);
        socket.receive(request);
        new Thread(() -> serve(socket, request)).start();
      }
    }
  }

  private static void serve(DatagramSocket socket, DatagramPacket request) {
    String client = Thread.currentThread().getName() + " for " + request.getSocketAddress();
    try {
      byte[] reply = upper(new String(request.getData(), 0, request.getLength(), UTF_8));
      socket.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
      System.out.println("reply by " + client);
    } catch (IOException e) {
      System.out.println("no reply by " + client + ": " + e.getMessage());
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
