package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * One thread serves all connections, as in {@link TcpSelect}, but each {@link SelectionKey} carries
 * the method to call when it is ready. The loop is independent of the service: it is an event loop,
 * and the methods are its handlers.
 *
 * <pre>
 * ./upper lesson tcp-selectors 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_selectors.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A slow handler delays all clients: {@code io.upper.model.EventLoopModel} sets a timer
 *       instead of sleeping.
 *   <li>An idle client is kept forever: {@code io.upper.server.SessionSweep} closes idle
 *       connections.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link NettyTcp}, which provides the loop
 */
public final class TcpSelectors {

  /** Called when a channel is ready. */
  private interface Callback {
    void ready(SelectionKey key) throws IOException;
  }

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(port));
    Callback accept = key -> accept(server, selector);
    server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT, accept);
    System.out.println("listening on port " + server.socket().getLocalPort());
    while (true) {
      selector.select(TcpSelectors::call);
    }
  }

  private static void call(SelectionKey key) {
    try {
      ((Callback) key.attachment()).ready(key);
    } catch (IOException e) {
      System.out.println("lost: " + key.channel() + ": " + e.getMessage());
      close(key.channel());
    }
  }

  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.out.println("not closed: " + channel + ": " + e.getMessage());
    }
  }

  private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
    SocketChannel client = server.accept();
    Callback read = TcpSelectors::read;
    client.configureBlocking(false).register(selector, SelectionKey.OP_READ, read);
  }

  private static void read(SelectionKey key) throws IOException {
    SocketChannel client = (SocketChannel) key.channel();
    ByteBuffer request = ByteBuffer.allocate(1024);
    if (client.read(request) < 0) {
      client.close();
    } else {
      String text = UTF_8.decode(request.flip()).toString();
      write(key, UTF_8.encode(text.toUpperCase(Locale.ROOT)));
    }
  }

  private static void write(SelectionKey key, ByteBuffer reply) throws IOException {
    ((SocketChannel) key.channel()).write(reply);
    boolean sent = !reply.hasRemaining();
    Callback next = sent ? TcpSelectors::read : again -> write(again, reply);
    key.attach(next);
    key.interestOps(sent ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
  }
}
