package io.upper.bench.peer;

import io.upper.service.Service;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Blocking code on one virtual thread per connection: read, map, write. Java 21 or later. */
public final class BlockingServer {
  private static final int BUFFER_BYTES = 64 * 1024;

  private static TextCharset charset;

  private BlockingServer() {}

  /** Serves TCP in the charset of the last argument. */
  public static void main(String[] args) throws Exception {
    charset = TextCharset.valueOf(args[3]);
    // The benchmark is compiled for Java 17.
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    System.out.println("virtual listening on " + server.getLocalAddress());
    while (true) {
      SocketChannel client = server.accept();
      threads.execute(() -> serve(client));
    }
  }

  private static void serve(SocketChannel client) {
    Service uppercase = Uppercase.of(charset);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (client) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      while (client.read(buffer.clear()) >= 0) {
        ByteBuffer reply = uppercase.next(buffer.flip());
        while (reply.hasRemaining()) {
          client.write(reply);
        }
      }
    } catch (IOException e) {
      // The client has disconnected.
    }
  }
}
