package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/**
 * One thread serves all connections: a {@link Selector} names those that are ready, and no call but
 * {@code select} ever waits. A reply that the socket does not take at once is kept until the
 * selector says that there is room; meanwhile nothing more is read from that client.
 *
 * <pre>
 * ./upper lesson tcp-select 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_select.py}, {@code TCP_asyncore.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Work that takes long delays all clients: {@code io.upper.model.WorkerPoolModel} does it in
 *       other threads, {@code io.upper.model.EventLoopModel} never waits for it.
 *   <li>One thread uses one processor: {@code io.upper.server.TcpServerVerticle} runs one such loop
 *       for each of its instances.
 *   <li>When the process has no file descriptor left, {@code accept} fails, and the server with it:
 *       {@code io.upper.server.AdmissionHandler} pauses accepting.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpSelectors}
 */
public final class TcpSelect {

  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(port));
    server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    System.out.println("listening on port " + server.socket().getLocalPort());
    while (true) {
      selector.select();
      System.out.println(
          selector.selectedKeys().size() + " of " + selector.keys().size() + " ready");
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isAcceptable()) {
          accept(server, selector);
        } else {
          serve(key);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
    SocketChannel client = server.accept();
    if (client != null) {
      client.configureBlocking(false).register(selector, SelectionKey.OP_READ);
    }
  }

  private static void serve(SelectionKey key) throws IOException {
    SocketChannel client = (SocketChannel) key.channel();
    try {
      if (key.isReadable()) {
        ByteBuffer request = ByteBuffer.allocate(1024);
        if (client.read(request) < 0) { // The end of the input.
          client.close();
          return;
        }
        key.attach(upper(request.flip()));
      }
      ByteBuffer reply = (ByteBuffer) key.attachment();
      client.write(reply);
      // Either or: while a reply is unsent nothing more is read, and else there is always room.
      key.interestOps(reply.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
      client.close();
    }
  }

  private static ByteBuffer upper(ByteBuffer text) {
    return UTF_8.encode(UTF_8.decode(text).toString().toUpperCase(Locale.ROOT));
  }
}
