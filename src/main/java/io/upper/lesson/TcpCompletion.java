package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channel;
import java.nio.channels.CompletionHandler;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Completion instead of readiness: an {@link AsynchronousServerSocketChannel} starts to accept,
 * read or write, and calls a handler when that is complete.
 *
 * <pre>
 * ./upper lesson tcp-completion 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> none; asyncio's proactor loop does this on Windows, io_uring on Linux
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>An idle client keeps its buffer forever: {@code io.upper.server.SessionSweep} closes it.
 *   <li>A character split between two reads is corrupted ({@code tcp/text/cut-2}): see TcpServer.
 * </ul>
 *
 * <p><b>Next:</b> {@link NettyTcp}
 */
public final class TcpCompletion {

  public static void main(String[] args) throws IOException, InterruptedException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    AsynchronousServerSocketChannel server =
        AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(port));
    InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
    System.out.println("listening on port " + address.getPort());
    accept(server);
    Thread.currentThread().join(); // Forever: the handlers run in daemon threads.
  }

  private static void accept(AsynchronousServerSocketChannel server) {
    server.accept(server, then(client -> connected(server, client)));
  }

  private static void connected(
      AsynchronousServerSocketChannel server, AsynchronousSocketChannel client) {
    accept(server);
    read(client, ByteBuffer.allocate(1024));
  }

  private static void read(AsynchronousSocketChannel client, ByteBuffer buffer) {
    client.read(buffer.clear(), client, then(n -> answer(client, buffer.flip(), n)));
  }

  private static void answer(AsynchronousSocketChannel client, ByteBuffer buffer, int n) {
    if (n < 0) {
      close(client);
      return;
    }
    String text = UTF_8.decode(buffer).toString();
    write(client, UTF_8.encode(text.toUpperCase(Locale.ROOT)), buffer);
  }

  private static void write(AsynchronousSocketChannel client, ByteBuffer reply, ByteBuffer buffer) {
    if (reply.hasRemaining()) {
      client.write(reply, client, then(n -> write(client, reply, buffer)));
    } else {
      read(client, buffer);
    }
  }

  private static <T> CompletionHandler<T, Channel> then(Consumer<T> next) {
    return new CompletionHandler<>() {
      @Override
      public void completed(T result, Channel channel) {
        next.accept(result);
      }

      @Override
      public void failed(Throwable cause, Channel channel) {
        System.out.println("lost: " + channel + ": " + cause.getMessage());
        close(channel);
      }
    };
  }

  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.out.println("not closed: " + channel + ": " + e.getMessage());
    }
  }
}
