package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client over a Unix domain socket: it reads and writes as over TCP, with a path ({@link
 * UnixDomainSocketAddress}) instead of host and port.
 *
 * <pre>
 * ./upper lesson unix-server target/upper.sock
 * printf 'hello\nworld\n' | ./upper lesson unix-client target/upper.sock
 * </pre>
 *
 * <p><b>Python:</b> none; a socket of the family {@code AF_UNIX}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A reply can be longer or shorter than its request: {@code io.upper.client.StreamClient}
 *       computes the length of the correct reply.
 *   <li>It waits forever for a server that does not reply: the same class has a timeout.
 * </ul>
 *
 * <p><b>Next:</b> {@link TlsServer}
 */
public final class UnixClient {

  public static void main(String[] args) throws IOException {
    String path = args.length > 0 ? args[0] : "target/upper.sock";
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ByteBuffer request = UTF_8.encode(line);
        ByteBuffer reply = ByteBuffer.allocate(request.remaining());
        server.write(request);
        while (reply.hasRemaining() && server.read(reply) >= 0) {
          // A reply may arrive in several reads.
        }
        System.out.println("Reply is '" + UTF_8.decode(reply.flip()) + "'");
      }
    }
  }
}
