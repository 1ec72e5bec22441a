package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/**
 * A TCP server whose ten threads, started before any client connects, all block in {@link
 * ServerSocket#accept} on one socket. Each new connection wakes an idle thread, without a
 * dispatcher.
 *
 * <pre>
 * ./upper lesson tcp-prefork-accept 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_prefork_pool_accept.py}, {@code tcp_prefork_process_accept.py}
 * (there processes accept; Java cannot fork)
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>It serves ten connections at a time, and an idle one occupies its thread: {@code
 *       io.upper.server.SessionSweep} closes idle connections.
 *   <li>Threads share memory: a crash ends all of them. {@code io.upper.prefork.Supervisor} runs
 *       processes and restarts one that dies.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpSelect}
 */
public final class TcpPreforkAccept {
  private static final int THREADS = 10;

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    ServerSocket server = new ServerSocket(port);
    System.out.println("listening on port " + server.getLocalPort());
    for (int i = 0; i < THREADS; i++) {
      new Thread(() -> acceptAll(server)).start();
    }
  }

  private static void acceptAll(ServerSocket server) {
    try {
      while (true) {
        serve(server.accept());
      }
    } catch (IOException e) {
      System.out.println(Thread.currentThread().getName() + " stops: " + e.getMessage());
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
