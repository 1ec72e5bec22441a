package io.upper.abuse;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.upper.config.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Clients of a server that may close their connections, or be down, at known moments. Requests sent
 * before such a moment must be answered in full; those sent soon after it may find the connection
 * closed, but never get a partial reply.
 */
final class RequestingClients implements AutoCloseable {
  private static final int CLIENTS_EACH = 4;
  private static final int MAX_REQUESTS = 60;
  private static final int MAX_BYTES = 3_000;
  private static final int LOST_MILLIS = 500;
  private static final long PAUSE_MILLIS = 20;

  private final AbusedServer addresses;
  private final long endingNanos;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong datagramsLost = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  // The interval in which the server may close connections.
  private volatile long endingFrom = System.nanoTime();
  private volatile long endingTo = endingFrom;
  private volatile boolean over;

  /**
   * @param server has the same ports and certificate as any later one
   * @param drainSeconds the server's setting
   */
  RequestingClients(AbusedServer server, int drainSeconds) {
    this.addresses = server;
    // Limit of a drain and the next start, on a busy machine.
    this.endingNanos = TimeUnit.SECONDS.toNanos(drainSeconds + 5);
    for (Protocol protocol : Protocol.values()) {
      for (int i = 0; i < CLIENTS_EACH; i++) {
        Random random = new Random(threads.size());
        Thread thread = new Thread(() -> run(protocol, random), "asking-" + protocol.word());
        threads.add(thread);
        thread.start();
      }
    }
  }

  /** From now on the server may close connections; called before the change. */
  void serverIsAboutToEndConnections() {
    long now = System.nanoTime();
    if (now - endingTo > 0) {
      endingFrom = now;
    }
    endingTo = now + TimeUnit.HOURS.toNanos(1);
  }

  /** The change is done: draining connections close soon. */
  void serverHasChanged() {
    endingTo = System.nanoTime() + endingNanos;
  }

  private void run(Protocol protocol, Random random) {
    try {
      while (!over && failure.get() == null) {
        if (protocol == Protocol.UDP) {
          askByDatagrams(random);
        } else {
          askByConnection(protocol, random);
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, new AssertionError(protocol + ": " + e, e));
    }
  }

  private void askByConnection(Protocol protocol, Random random) throws Exception {
    long connecting = System.nanoTime();
    Socket connected;
    try {
      connected = addresses.connect(protocol);
    } catch (IOException e) {
      // Nobody listens; or TLS was not ready yet when the server stopped.
      if (!(e instanceof ConnectException)
          && !mayBeEnded(connecting)
          && !mayBeEnded(System.nanoTime())) {
        throw e;
      }
      refused.incrementAndGet();
      Thread.sleep(PAUSE_MILLIS);
      return;
    }
    try (Socket socket = connected) {
      int requests = 1 + random.nextInt(MAX_REQUESTS);
      for (int i = 0; i < requests && !over; i++) {
        if (!ask(socket, random)) {
          ended.incrementAndGet();
          return;
        }
      }
    }
  }

  /** Returns whether it was answered; if not, the connection was closed when allowed. */
  private boolean ask(Socket socket, Random random) throws Exception {
    byte[] request = request(random);
    byte[] reply = new byte[request.length];
    int length = 0;
    long written = System.nanoTime();
    try {
      socket.getOutputStream().write(request);
      written = System.nanoTime();
      for (int n = 0; length < reply.length && n >= 0; length += Math.max(n, 0)) {
        n = socket.getInputStream().read(reply, length, reply.length - length);
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("no reply, and no end", e);
    } catch (IOException e) {
      // A reset: the request came too late.
    }
    if (length == 0 && mayBeEnded(written)) {
      return false;
    }
    check(request, Arrays.copyOf(reply, length));
    return true;
  }

  /** Whether the server may have closed connections then. */
  private boolean mayBeEnded(long then) {
    return then - endingFrom >= 0 && then - endingTo <= 0;
  }

  /** A datagram may get lost, above all when a server stops. */
  private void askByDatagrams(Random random) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(addresses.address(Protocol.UDP));
      socket.setSoTimeout(LOST_MILLIS);
      for (int i = 0; i < MAX_REQUESTS && !over; i++) {
        byte[] request = request(random);
        DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
        socket.send(new DatagramPacket(request, request.length));
        socket.receive(reply);
        check(request, Arrays.copyOf(reply.getData(), reply.getLength()));
      }
    } catch (SocketTimeoutException e) {
      datagramsLost.incrementAndGet();
    } catch (PortUnreachableException e) {
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private static byte[] request(Random random) {
    byte[] request = new byte[1 + random.nextInt(MAX_BYTES)];
    for (int i = 0; i < request.length; i++) {
      request[i] = (byte) ('a' + random.nextInt(26));
    }
    return request;
  }

  private void check(byte[] request, byte[] reply) throws IOException, InterruptedException {
    byte[] upper = new String(request, US_ASCII).toUpperCase(Locale.ROOT).getBytes(US_ASCII);
    if (!Arrays.equals(upper, reply)) {
      throw new IOException(
          "of a reply of %d bytes came %d".formatted(request.length, reply.length));
    }
    served.incrementAndGet();
    Thread.sleep(1);
  }

  /** Replies so far. */
  long served() {
    return served.get();
  }

  void throwFailure() {
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Override
  public String toString() {
    return "%d replies, all right, %d connections ended between two, %d not made, %d datagrams lost"
        .formatted(served.get(), ended.get(), refused.get(), datagramsLost.get());
  }
}
