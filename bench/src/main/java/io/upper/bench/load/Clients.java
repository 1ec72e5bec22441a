package io.upper.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** State shared by the clients of one load: the event loop, the message, the counts. */
final class Clients {
  private static final long SEED = 1;
  private static final int PATIENCE_SECONDS = 30;
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(60);

  final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  final ByteBuf message;
  final ByteBuf reply;

  // The fields below belong to the event loop during a run.
  private final Histogram latency = new Histogram(MAX_NANOS, 3);
  private CompletableFuture<Void> over;
  private long end;
  private long messages;
  private long bytes;
  private int active;

  Clients(int messageBytes) {
    StringBuilder text = new StringBuilder();
    Random random = new Random(SEED);
    // Lowercase, uppercase and blanks mixed, so that branches on them cannot be predicted.
    for (int i = 0; i < messageBytes; i++) {
      text.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM     ".charAt(random.nextInt(44)));
    }
    message = direct(text.toString());
    reply = direct(text.toString().toUpperCase(Locale.ROOT));
  }

  private static ByteBuf direct(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
  }

  /** Calls {@code start} to start {@code count} clients, and waits until all have finished. */
  Load.Result run(int count, Duration duration, Runnable start) throws Exception {
    long began = System.nanoTime();
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          latency.reset();
          messages = 0;
          bytes = 0;
          active = count;
          over = done;
          end = began + duration.toNanos();
          start.run();
        });
    done.get(duration.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new Load.Result(
        messages, bytes, Duration.ofNanos(System.nanoTime() - began), latency.copy());
  }

  /** Records a reply; returns whether the client continues, otherwise it has finished. */
  boolean answered(int length, long sentNanos, long nowNanos) {
    messages++;
    bytes += length;
    latency.recordValue(Math.min(nowNanos - sentNanos, MAX_NANOS));
    return goesOn(nowNanos);
  }

  /** Records a received part of a stream. */
  void received(int length) {
    bytes += length;
  }

  boolean goesOn(long nowNanos) {
    if (nowNanos < end) {
      return true;
    }
    done();
    return false;
  }

  boolean isOver() {
    return System.nanoTime() >= end;
  }

  void done() {
    if (--active == 0) {
      over.complete(null);
    }
  }

  void failed(Throwable cause) {
    if (over != null) {
      over.completeExceptionally(cause);
    }
  }

  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    message.unwrap().release();
    reply.unwrap().release();
  }
}
