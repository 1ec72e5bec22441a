package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/**
 * An iterative TCP server: one thread accepts a connection from a {@link ServerSocket}, serves it
 * to the end, and only then accepts the next.
 *
 * <pre>
 * ./upper lesson tcp-server 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_server.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Other clients wait while one is connected, even if it is idle, and forever if it never
 *       leaves: {@code io.upper.server.SessionSweep} closes idle connections.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}):
 *       {@code io.upper.text.Utf8Uppercase} keeps the first bytes until the others arrive.
 *   <li>On SIGTERM it exits in the middle of a reply: {@code io.upper.server.Session} first
 *       finishes the requests in flight.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpClient}
 */
public final class TcpServer {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        serve(server.accept());
      }
    }
  }

  private static void serve(Socket client) {
    System.out.println("connected: " + client.getRemoteSocketAddress());
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(upper(new String(buffer, 0, n, UTF_8)));
      }
      System.out.println("disconnected: " + client.getRemoteSocketAddress());
    } catch (IOException e) {
      System.out.println("lost: " + client.getRemoteSocketAddress() + ": " + e.getMessage());
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
