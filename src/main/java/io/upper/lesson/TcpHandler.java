package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.Executor;

/**
 * A TCP server in two independent parts: a loop that accepts, and a connection handler. An {@link
 * Executor} between them chooses the thread of the handler: the accepting thread itself, or with
 * {@code thread} a new one per connection.
 *
 * <pre>
 * ./upper lesson tcp-handler 2000 thread
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_ss.py}, {@code tcp_ss_thread.py}, {@code udp_ss.py}, {@code
 * udp_ss_thread.py}: SocketServer is the loop, its mix-ins are the executors
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The handler holds its thread while it waits for input: {@code
 *       io.upper.model.ConcurrencyModel} applies the same idea to single requests, so a waiting
 *       connection needs no thread.
 *   <li>The number of threads is unlimited: {@code io.upper.server.Admission} limits connections.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpThread}
 */
public final class TcpHandler {

  /** Serves a connection from the first byte to the last. */
  interface Handler {
    void handle(InputStream in, OutputStream out) throws IOException;
  }

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    boolean threads = args.length > 1 && args[1].equals("thread");
    Executor executor = threads ? task -> new Thread(task).start() : Runnable::run;
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      acceptAll(server, executor, TcpHandler::upper);
    }
  }

  private static void acceptAll(ServerSocket server, Executor executor, Handler handler)
      throws IOException {
    while (true) {
      Socket client = server.accept();
      executor.execute(() -> call(handler, client));
    }
  }

  private static void call(Handler handler, Socket client) {
    System.out.println(Thread.currentThread().getName() + " serves " + client);
    try (client) {
      handler.handle(client.getInputStream(), client.getOutputStream());
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
    }
  }

  private static void upper(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      String text = new String(buffer, 0, n, UTF_8);
      out.write(text.toUpperCase(Locale.ROOT).getBytes(UTF_8));
    }
  }
}
