package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/**
 * A concurrent TCP server with a {@link Thread} for each connection: the main thread only accepts,
 * so a slow client does not delay the others.
 *
 * <p>The threads are platform threads. On Java 21 and later this line, instead of {@code new
 * Thread(…)}, makes them virtual, and a hundred thousand of them are cheap:
 *
 * <pre>
 * Thread.ofVirtual().start(() -> serve(client));
 * </pre>
 *
 * <p>Run it and send it a request:
 *
 * <pre>
 * ./upper lesson tcp-thread 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_thread.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The number of threads is unlimited: ten thousand idle clients need ten thousand threads.
 *       {@code io.upper.server.Admission} counts connections and rejects those above the limit.
 *   <li>An idle client occupies its thread: {@code io.upper.server.SessionSweep} closes idle
 *       connections.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}):
 *       {@code io.upper.text.Utf8Uppercase} keeps the first bytes until the others arrive.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpPool}
 */
public final class TcpThread {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        new Thread(() -> serve(client)).start();
      }
    }
  }

  private static void serve(Socket client) {
    System.out.println(Thread.currentThread().getName() + " serves " + client);
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
