package io.upper.abuse;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.upper.config.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Well-behaved clients, one per protocol, that send requests in a loop and check every reply. */
final class WellBehavedClients implements AutoCloseable {
  private static final int LOST_MILLIS = 500;
  private static final int REQUESTS_A_CONNECTION = 100;
  private static final long PAUSE_MICROS = 500;

  private final AbusedServer server;
  private final Thread[] threads;
  private final AtomicLong[] served = new AtomicLong[Protocol.values().length];
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLong lost = new AtomicLong();
  private long datagramStart = System.nanoTime();
  private volatile boolean ending;

  WellBehavedClients(AbusedServer server) {
    this.server = server;
    Arrays.setAll(served, i -> new AtomicLong());
    threads =
        Arrays.stream(Protocol.values())
            .map(protocol -> new Thread(() -> run(protocol), "right-" + protocol.word()))
            .toArray(Thread[]::new);
    Arrays.stream(threads).forEach(Thread::start);
  }

  private void run(Protocol protocol) {
    Random random = new Random(protocol.ordinal());
    try {
      while (!ending) {
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
    long start = System.nanoTime();
    try (Socket socket = server.connect(protocol)) {
      for (int i = 0; i < REQUESTS_A_CONNECTION && !ending; i++) {
        byte[] request = request(random, 2_000);
        socket.getOutputStream().write(request);
        check(request, socket.getInputStream().readNBytes(request.length));
        start = served(protocol, start);
      }
      socket.shutdownOutput();
      if (socket.getInputStream().read() >= 0) {
        throw new IOException("more than was asked for");
      }
    }
  }

  /** A full socket loses datagrams, as a network may: it then resends, from another port. */
  private void askByDatagrams(Random random) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server.address(Protocol.UDP));
      socket.setSoTimeout(LOST_MILLIS);
      for (int i = 0; i < REQUESTS_A_CONNECTION && !ending; i++) {
        byte[] request = request(random, 1_000);
        DatagramPacket reply = new DatagramPacket(new byte[65_535], 65_535);
        socket.send(new DatagramPacket(request, request.length));
        socket.receive(reply);
        check(request, Arrays.copyOf(reply.getData(), reply.getLength()));
        datagramStart = served(Protocol.UDP, datagramStart);
      }
    } catch (SocketTimeoutException e) {
      lost.incrementAndGet();
    }
  }

  private static byte[] request(Random random, int most) {
    byte[] request = new byte[1 + random.nextInt(most)];
    for (int i = 0; i < request.length; i++) {
      request[i] = (byte) ('a' + random.nextInt(26));
    }
    return request;
  }

  private static void check(byte[] request, byte[] reply) throws IOException {
    byte[] upper = new String(request, US_ASCII).toUpperCase(java.util.Locale.ROOT).getBytes();
    if (!Arrays.equals(upper, reply)) {
      throw new IOException("wrong reply, of " + reply.length + " to " + request.length);
    }
  }

  private long served(Protocol protocol, long start) throws InterruptedException {
    long now = System.nanoTime();
    slowestNanos.accumulateAndGet(now - start, Math::max);
    served[protocol.ordinal()].incrementAndGet();
    TimeUnit.MICROSECONDS.sleep(PAUSE_MICROS);
    return System.nanoTime();
  }

  /** Waits until each has received that many more replies. */
  void awaitServed(int more) throws InterruptedException {
    long[] wanted = Arrays.stream(served).mapToLong(count -> count.get() + more).toArray();
    for (int i = 0; i < wanted.length; i++) {
      while (served[i].get() < wanted[i]) {
        throwFailure();
        Thread.sleep(1);
      }
    }
  }

  void throwFailure() {
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  /** Replies so far. */
  long served() {
    return Arrays.stream(served).mapToLong(AtomicLong::get).sum();
  }

  /** The longest wait for a reply, or for a connection and its reply. */
  long slowestMillis() {
    return TimeUnit.NANOSECONDS.toMillis(slowestNanos.get());
  }

  /** Datagrams that got no reply. */
  long lost() {
    return lost.get();
  }

  void forgetSlowest() {
    slowestNanos.set(0);
  }

  @Override
  public void close() throws InterruptedException {
    ending = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
