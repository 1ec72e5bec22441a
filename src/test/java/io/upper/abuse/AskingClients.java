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
 * Clients of a server that may end their connections, or be down, at moments that they are told.
 * What they had sent before such a moment must be answered in full; what they send soon after it
 * may find its connection ended, but gets no part of a reply.
 */
final class AskingClients implements AutoCloseable {
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
  // When the server may end connections: from the one to the other.
  private volatile long endingFrom = System.nanoTime();
  private volatile long endingTo = endingFrom;
  private volatile boolean over;

  /**
   * @param server whose ports and certificate any later one has, too
   * @param drainSeconds of the server
   */
  AskingClients(AbusedServer server, int drainSeconds) {
    this.addresses = server;
    // How long a drain, and the start of the next one, may take on a busy machine.
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

  /** From now on the server may end connections; called before it can know. */
  void serverIsAboutToEndConnections() {
    long now = System.nanoTime();
    if (now - endingTo > 0) {
      endingFrom = now;
    }
    endingTo = now + TimeUnit.HOURS.toNanos(1);
  }

  /** It has done what it was told to: those that drain end soon. */
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

  /** Returns whether it was answered; if not, the connection has ended as it may. */
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

  /** Whether the server may have been ending connections then. */
  private boolean mayBeEnded(long then) {
    return then - endingFrom >= 0 && then - endingTo <= 0;
  }

  /** A datagram may get lost, with a server that stops at the latest. */
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
