package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A UDP client whose {@link DatagramChannel} is connected. Nothing is sent for that: the system
 * notes the address, drops datagrams from any other, and reports that nobody listens there as an
 * error of the next call.
 *
 * <pre>
 * ./upper lesson udp-server 2000
 * printf 'hello\nworld\n' | ./upper lesson udp-connected-client 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code UDP_client_connect.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Datagrams get lost, and it waits for ever: {@code io.upper.client.DatagramClient} asks
 *       again.
 *   <li>A server with several addresses that replies from another one is not heard: {@code
 *       io.upper.server.UdpServerVerticle} replies from the one that was asked.
 * </ul>
 *
 * <p><b>Next:</b> {@link McastClient}
 */
public final class UdpConnectedClient {

  public static void main(String[] args) throws IOException {
    String host = args.length > 0 ? args[0] : "localhost";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (DatagramChannel server =
        DatagramChannel.open().connect(new InetSocketAddress(host, port))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        server.write(UTF_8.encode(line));
        ByteBuffer reply = ByteBuffer.allocate(1024);
        server.read(reply);
        System.out.println("Reply is '" + UTF_8.decode(reply.flip()) + "'");
      }
    } catch (PortUnreachableException e) {
      System.err.println(host + ":" + port + ": nobody listens there");
      System.exit(1);
    }
  }
}
