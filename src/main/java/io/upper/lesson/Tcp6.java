package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/**
 * A TCP server for both versions of IP with one socket: bound to the {@link Inet6Address} {@code
 * ::} it accepts IPv4 clients too. The system reports those as IPv4-mapped addresses ({@code
 * ::ffff:127.0.0.1}), which Java converts back to IPv4 addresses.
 *
 * <pre>
 * ./upper lesson tcp6 2000
 * printf hello | nc -N ::1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code TCP6_server.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>It listens on all addresses of the machine: {@code io.upper.server.TcpServerVerticle}
 *       listens on those of the configured host.
 *   <li>Other clients wait while one is connected, and a character split between two reads is
 *       corrupted ({@code tcp/text/cut-2}): see {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link UnixServer}
 */
public final class Tcp6 {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress("::", port));
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        serve(server.accept());
      }
    }
  }

  private static void serve(Socket client) {
    String version = client.getInetAddress() instanceof Inet6Address ? "IPv6" : "IPv4";
    System.out.println(version + " client: " + client.getInetAddress().getHostAddress());
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(upper(new String(buffer, 0, n, UTF_8)));
      }
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
