package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A concurrent UDP server with queues: the main thread receives, twenty workers take requests from
 * the queue of an {@link ExecutorService}, and one writer sends the replies that they put into a
 * {@link BlockingQueue}.
 *
 * <pre>
 * ./upper lesson udp-pool 2000
 * echo hello | nc -u -w1 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_threadpool.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The queue of requests is unbounded: {@code io.upper.server.Admission} drops requests above
 *       {@code maxPending}.
 *   <li>After a flood it replies to old datagrams whose clients no longer wait.
 *   <li>A reply that cannot be sent ends the writer and thus the service: {@code
 *       io.upper.server.UdpServerVerticle} counts it and continues.
 *   <li>A datagram longer than 1,024 bytes is truncated ({@code udp/size/1472}): see {@link
 *       UdpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxUdp}
 */
public final class UdpPool {
  private static final int WORKERS = 20;
  private static final int MAX_REPLIES = 1000;

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    BlockingQueue<DatagramPacket> replies = new ArrayBlockingQueue<>(MAX_REPLIES);
    try (DatagramSocket socket = new DatagramSocket(port)) {
      System.out.println("listening on port " + socket.getLocalPort());
      new Thread(() -> sendAll(socket, replies), "writer").start();
      while (true) {
        DatagramPacket request = new DatagramPacket(new byte[1024], 1024);
        socket.receive(request);
        workers.execute(() -> serve(request, replies));
      }
    }
  }

  private static void serve(DatagramPacket request, BlockingQueue<DatagramPacket> replies) {
    System.out.println(Thread.currentThread().getName() + " has a request");
    byte[] reply = upper(new String(request.getData(), 0, request.getLength(), UTF_8));
    try {
      replies.put(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sendAll(DatagramSocket socket, BlockingQueue<DatagramPacket> replies) {
    try {
      while (true) {
        socket.send(replies.take());
      }
    } catch (IOException | InterruptedException e) {
      System.out.println("writer ends: " + e);
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
