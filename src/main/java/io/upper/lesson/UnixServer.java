package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A server on a Unix domain socket, with a thread for each connection: its {@link
 * UnixDomainSocketAddress} is a file, so only programs on this machine can connect, subject to the
 * file's permissions.
 *
 * <pre>
 * ./upper lesson unix-server target/upper.sock
 * printf hello | nc -N -U target/upper.sock
 * </pre>
 *
 * <p><b>Python:</b> none; a socket of the family {@code AF_UNIX}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>After SIGKILL the file remains, and the next start fails with the address in use.
 *   <li>The number of threads is unlimited: {@code io.upper.server.Admission} limits connections.
 * </ul>
 *
 * <p><b>Next:</b> {@link UnixClient}
 */
public final class UnixServer {

  public static void main(String[] args) throws IOException {
    Path path = Path.of(args.length > 0 ? args[0] : "target/upper.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      path.toFile().deleteOnExit();
      System.out.println("listening on " + path);
      while (true) {
        SocketChannel client = server.accept();
        new Thread(() -> serve(client)).start();
      }
    }
  }

  private static void serve(SocketChannel client) {
    System.out.println(Thread.currentThread().getName() + " serves a client");
    try (client) {
      ByteBuffer buffer = ByteBuffer.allocate(1024);
      while (client.read(buffer) >= 0) {
        client.write(upper(buffer.flip()));
        buffer.clear();
      }
    } catch (IOException e) {
      System.out.println("lost: " + e.getMessage());
    }
  }

  private static ByteBuffer upper(ByteBuffer text) {
    return UTF_8.encode(UTF_8.decode(text).toString().toUpperCase(Locale.ROOT));
  }
}
