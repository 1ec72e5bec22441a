package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** TCP clients that ask one request after another, and check each reply and that no more comes. */
final class CheckedClients implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final int port;
  private final ExecutorService threads;
  private final List<Future<Void>> clients = new ArrayList<>();
  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong longest = new AtomicLong();
  private volatile boolean enough;

  CheckedClients(int port, int count) {
    this.port = port;
    this.threads = Executors.newFixedThreadPool(count);
    for (int i = 0; i < count; i++) {
      String name = "Größe " + i;
      clients.add(threads.submit(() -> ask(name)));
    }
  }

  private Void ask(String name) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = socket.getInputStream();
      for (int i = 0; !enough; i++) {
        String request = name + " " + i + "\n";
        byte[] expected = request.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        long sent = System.nanoTime();
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        byte[] reply = in.readNBytes(expected.length);
        longest.accumulateAndGet(System.nanoTime() - sent, Math::max);
        assertEquals(
            new String(expected, StandardCharsets.UTF_8),
            new String(reply, StandardCharsets.UTF_8));
        replies.incrementAndGet();
      }
      socket.shutdownOutput();
      assertEquals(-1, in.read(), "more than the replies");
    }
    return null;
  }

  /** Waits for so many more replies. */
  void awaitMore(int count) throws Exception {
    long goal = replies.get() + count;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (replies.get() < goal) {
      for (Future<Void> client : clients) {
        if (client.isDone()) {
          client.get();
        }
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("only " + replies + " of " + goal + " replies");
      }
      Thread.sleep(10);
    }
  }

  /** Ends all clients, and reports the first wrong or missing reply. */
  void finish() throws Exception {
    enough = true;
    for (Future<Void> client : clients) {
      client.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** The longest time from a request to its reply. */
  long longestMillis() {
    return TimeUnit.NANOSECONDS.toMillis(longest.get());
  }

  @Override
  public void close() {
    enough = true;
    threads.shutdownNow();
  }
}
