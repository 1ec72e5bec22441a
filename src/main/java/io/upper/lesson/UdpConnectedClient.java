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
 * A UDP client whose {@link DatagramChannel} is connected. Connecting sends nothing: the system
 * records the address, drops datagrams from others, and reports a closed port as an error of the
 * next call.
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
 *   <li>If a datagram is lost it waits forever: {@code io.upper.client.DatagramClient} retransmits.
 *   <li>It drops the reply of a multihomed server that replies from another address: {@code
 *       io.upper.server.UdpServerVerticle} replies from the address of the request.
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
