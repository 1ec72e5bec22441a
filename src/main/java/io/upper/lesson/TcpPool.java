package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A concurrent TCP server with a pool of worker threads, an {@link ExecutorService}: it serves ten
 * connections at a time, and the others wait in the pool's queue.
 *
 * <pre>
 * ./upper lesson tcp-pool 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_pool_executor.py}, {@code tcp_prefork_pool.py} (there the workers
 * are processes that receive connections from their parent)
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A worker serves its client until the client leaves, so ten idle clients block the service.
 *       In {@code io.upper.model.WorkerPoolModel} a worker serves a single request.
 *   <li>The queue is unbounded, and its clients wait without notice: {@code
 *       io.upper.server.Admission} rejects connections above {@code maxConnections}.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpSelect}
 */
public final class TcpPool {
  private static final int WORKERS = 10;

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        workers.execute(() -> serve(client));
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
