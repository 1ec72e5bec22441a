package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A connection as a {@link Session} sees it, without a network and without waiting: a Netty channel
 * whose clock only {@link #pass} moves, and a fake of what a session uses of Vert.x. It buffers
 * input as Vert.x and the kernel would.
 */
final class FakeConnection {
  private static final long STEP_MILLIS = 100;
  // Small, so that a client that does not read matters soon.
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8, 16);

  private final Vertx vertx;
  private final JsonObject config;
  private final String deployment;
  private final FakeChannel channel = new FakeChannel();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final Set<Long> timers = new HashSet<>();
  private final Deque<Object> queued = new ArrayDeque<>();
  private final ContextInternal context = fake(ContextInternal.class, this::onContext);
  private final NetSocketInternal socket = fake(NetSocketInternal.class, this::onSocket);

  private Handler<Object> messages;
  private Handler<Duration> shutdown;
  private Handler<Throwable> exceptions;
  private Handler<Void> closed;
  private boolean paused;
  private boolean isClosed;
  private boolean isCutOff;

  // The kernel's buffers.
  private final ByteBuf unread = Unpooled.buffer();
  private boolean ended;
  private boolean endRead;
  private boolean clientReads = true;
  private long lastTimer;
  Throwable failure;

  /**
   * @param vertx for everything but timers
   * @param config configuration of the server
   * @param deployment a unique ID
   */
  FakeConnection(Vertx vertx, JsonObject config, String deployment) {
    this.vertx = vertx;
    this.config = config;
    this.deployment = deployment;
    channel.freezeTime();
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    channel.pipeline().addLast("vertx", new VertxHandler());
  }

  ContextInternal context() {
    return context;
  }

  NetSocketInternal socket() {
    return socket;
  }

  // Actions of the client.

  void send(byte[] bytes) {
    unread.writeBytes(bytes);
    read();
  }

  /** Half-closes: sends no more, but still reads. */
  void halfClose() {
    ended = true;
    read();
  }

  void reset() {
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset"));
    channel.close();
    run();
  }

  void setReads(boolean reads) {
    clientReads = reads;
    channel.flush();
    run();
  }

  /** The bytes received so far. */
  byte[] received() {
    return received.toByteArray();
  }

  // Events of the server.

  /** Vert.x closes the connection if it is still open after the timeout. */
  void shutDown(Duration timeout) {
    channel.eventLoop().schedule(this::cutOff, timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (shutdown != null && !isClosed) {
      shutdown.handle(timeout);
    }
    run();
  }

  private void cutOff() {
    isCutOff = channel.isOpen();
    channel.close();
  }

  /** Whether the timeout closed the connection. */
  boolean isCutOff() {
    return isCutOff;
  }

  /** Advances in small steps, so that a timer set by another one starts when that one is due. */
  void pass(long millis) {
    for (long left = millis; left > 0; left -= STEP_MILLIS) {
      channel.advanceTimeBy(Math.min(left, STEP_MILLIS), TimeUnit.MILLISECONDS);
      run();
    }
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Runs what is due; input may make the session resume reading. */
  void run() {
    channel.runPendingTasks();
    channel.runScheduledPendingTasks();
    read();
  }

  /** Delivers input while reading is not paused. */
  private void read() {
    boolean read = false;
    while (channel.isOpen() && channel.config().isAutoRead() && unread.isReadable()) {
      read = true;
      int length = Math.min(unread.readableBytes(), 7);
      channel.pipeline().fireChannelRead(unread.readBytes(length));
    }
    if (read) {
      channel.pipeline().fireChannelReadComplete();
      channel.runPendingTasks();
    }
    if (ended && !endRead && !unread.isReadable() && channel.config().isAutoRead()) {
      endRead = true;
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      channel.runPendingTasks();
    }
  }

  void release() {
    unread.release();
    channel.releaseOutbound();
  }

  // The part of Vert.x that a session uses.

  private Object onContext(String method, Object[] arguments) {
    return switch (method) {
      case "owner" -> fake(VertxInternal.class, this::onVertx);
      case "promise" -> Promise.promise();
      case "deploymentID" -> deployment;
      case "config" -> config;
      case "getInstanceCount" -> 1;
      default -> throw new UnsupportedOperationException(method);
    };
  }

  @SuppressWarnings("unchecked")
  private Object onVertx(String method, Object[] arguments) {
    return switch (method) {
      case "setTimer" -> setTimer((Long) arguments[0], (Handler<Long>) arguments[1]);
      case "cancelTimer" -> timers.remove((Long) arguments[0]);
      case "sharedData" -> vertx.sharedData();
      default -> throw new UnsupportedOperationException(method);
    };
  }

  private long setTimer(long millis, Handler<Long> handler) {
    long id = ++lastTimer;
    timers.add(id);
    channel.eventLoop().schedule(() -> fire(id, handler), millis, TimeUnit.MILLISECONDS);
    return id;
  }

  private void fire(long id, Handler<Long> handler) {
    if (timers.remove(id)) {
      try {
        handler.handle(id);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
  }

  @SuppressWarnings("unchecked")
  private Object onSocket(String method, Object[] arguments) {
    switch (method) {
      case "channelHandlerContext" -> {
        return channel.pipeline().context("vertx");
      }
      case "remoteAddress" -> {
        return SocketAddress.inetSocketAddress(1, "127.0.0.1");
      }
      case "isSsl" -> {
        return false;
      }
      case "close" -> {
        // Vert.x calls the shutdown handler instead, if there is one.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        return Future.succeededFuture();
      }
      case "messageHandler" -> messages = (Handler<Object>) arguments[0];
      case "shutdownHandler" -> shutdown = (Handler<Duration>) arguments[0];
      case "exceptionHandler" -> exceptions = (Handler<Throwable>) arguments[0];
      case "closeHandler" -> closed = (Handler<Void>) arguments[0];
      case "pause" -> paused = true;
      case "resume" -> {
        paused = false;
        deliver();
      }
      default -> throw new UnsupportedOperationException(method);
    }
    return socket;
  }

  private void deliver() {
    while (!paused && !queued.isEmpty()) {
      messages.handle(queued.poll());
    }
  }

  private final class VertxHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      queued.add(message);
      deliver();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof IOException)) {
        failure = cause;
      }
      exceptions.handle(cause);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      queued.forEach(ReferenceCountUtil::release);
      queued.clear();
      isClosed = true;
      try {
        closed.handle(null);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }
  }

  private interface Call {
    Object answer(String method, Object[] arguments);
  }

  private static <T> T fake(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.answer(method.getName(), arguments)));
  }

  /** A socket whose client may not read, with either direction to shut down. */
  private final class FakeChannel extends EmbeddedChannel implements DuplexChannel {
    private boolean outputShutdown;

    @Override
    protected void doWrite(ChannelOutboundBuffer written) {
      while (written.current() != null && (clientReads || outputShutdown)) {
        ByteBuf bytes = (ByteBuf) written.current();
        if (!outputShutdown) {
          byte[] copy = new byte[bytes.readableBytes()];
          bytes.getBytes(bytes.readerIndex(), copy);
          received.writeBytes(copy);
        }
        written.remove();
      }
    }

    @Override
    public boolean isInputShutdown() {
      return endRead;
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      outputShutdown = true;
      return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownInput() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
      return outputShutdown && endRead;
    }

    @Override
    public ChannelFuture shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }
  }
}
