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
 * One thread serves all connections: a {@link Selector} reports those that are ready, and no call
 * except {@code select} blocks. A reply that does not fit into the socket's send buffer is kept
 * until the selector reports it writable; until then the client is not read.
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
 *   <li>A long job delays all clients: {@code io.upper.model.WorkerPoolModel} runs it in other
 *       threads, {@code io.upper.model.EventLoopModel} never waits for it.
 *   <li>One thread uses one CPU: {@code io.upper.server.TcpServerVerticle} runs one such loop per
 *       instance.
 *   <li>When the process runs out of file descriptors, {@code accept} fails and the server exits:
 *       {@code io.upper.server.AdmissionHandler} pauses accepting.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
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
        if (client.read(request) < 0) { // End of input.
          client.close();
          return;
        }
        key.attach(upper(request.flip()));
      }
      ByteBuffer reply = (ByteBuffer) key.attachment();
      client.write(reply);
      // One or the other: while a reply is unsent nothing is read; otherwise there is always room.
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
