package io.upper.stress;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A client over TCP or TLS: one connection, or one for each request. */
final class StreamLoadClient extends LoadClient {
  // What a slow reader waits between two reads, and a byte-by-byte writer between two bytes.
  private static final long SLOW_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SLOW_WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final NetClient client;
  private final Deque<Request> atWork = new ArrayDeque<>();
  private NetSocket socket;
  private boolean reset;
  private boolean allBegun;

  StreamLoadClient(StressRun run, int number, ContextInternal context, NetClient client) {
    super(run, number, context);
    this.client = client;
  }

  @Override
  boolean overlaps() {
    return settings.shape() == Shape.HALF_CLOSE;
  }

  @Override
  void open() {
    if (settings.reconnect()) {
      proceed();
    } else {
      connect()
          .onSuccess(
              connected -> {
                if (settings.shape() == Shape.IDLE) {
                  idle();
                } else {
                  proceed();
                }
              })
          .onFailure(cause -> refused(null, cause));
    }
  }

  private Future<NetSocket> connect() {
    long start = System.nanoTime();
    return run.target()
        .connect(client)
        .compose(
            connected -> {
              long now = System.nanoTime();
              measurements.time(Phase.CONNECT, now - start);
              return settings.client().protocol() == Protocol.TLS
                  ? handshake(connected, now)
                  : Future.succeededFuture(connected);
            })
        .onSuccess(this::connected);
  }

  private Future<NetSocket> handshake(NetSocket connected, long start) {
    return run.target()
        .handshake(connected)
        .onSuccess(v -> measurements.time(Phase.HANDSHAKE, System.nanoTime() - start))
        .map(connected)
        .onFailure(cause -> connected.close());
  }

  private void connected(NetSocket connected) {
    run.couldConnect();
    reset = false;
    socket = connected;
    connected
        .handler(bytes -> received(connected, bytes))
        .exceptionHandler(cause -> reset = true)
        .closeHandler(v -> ended(connected));
  }

  @Override
  void send(Request request) {
    if (socket != null) {
      transmit(request);
    } else {
      connect().onSuccess(v -> transmit(request)).onFailure(cause -> refused(request, cause));
    }
  }

  private void transmit(Request request) {
    request.sent = System.nanoTime();
    measurements.sent(request);
    atWork.add(request);
    if (settings.shape() == Shape.BYTE_BY_BYTE) {
      transmitFrom(socket, request, 0);
    } else {
      // A write that fails ends the connection, which is when the request comes to nothing.
      socket.write(request.message.bytes());
    }
    if (settings.shape() == Shape.HALF_CLOSE && !settings.openLoop()) {
      proceed();
    }
  }

  private void transmitFrom(NetSocket to, Request request, int index) {
    if (to == socket && index < request.message.bytes().length()) {
      to.write(request.message.bytes().slice(index, index + 1));
      after(SLOW_WRITE_NANOS, () -> transmitFrom(to, request, index + 1));
    }
  }

  private void received(NetSocket from, Buffer bytes) {
    long now = System.nanoTime();
    int offset = 0;
    while (from == socket && offset < bytes.length()) {
      Request request = atWork.peek();
      if (request == null) {
        // Bytes that nobody asked for: what follows could not be told apart from a reply.
        if (run.counts(now)) {
          measurements.fault(Fault.WRONG);
        }
        disconnect();
        break;
      }
      if (request.received == 0 && request.counts) {
        measurements.time(Phase.FIRST_BYTE, now - request.sent);
      }
      if (settings.shape() == Shape.RESET) {
        resetOn(request, now);
        return;
      }
      offset = take(request, bytes, offset);
      if (request.received == request.message.expected().length()) {
        atWork.poll();
        whole(request, now);
      }
    }
    if (settings.shape() == Shape.SLOW_READER && from == socket) {
      from.pause();
      after(SLOW_READ_NANOS, from::resume);
    }
  }

  /** Compares what belongs to the request's reply; where the rest begins. */
  private static int take(Request request, Buffer bytes, int offset) {
    Buffer expected = request.message.expected();
    int length = Math.min(bytes.length() - offset, expected.length() - request.received);
    for (int i = 0; i < length && !request.wrong; i++) {
      request.wrong = bytes.getByte(offset + i) != expected.getByte(request.received + i);
    }
    request.received += length;
    return offset + length;
  }

  private void whole(Request request, long now) {
    if (request.wrong) {
      measurements.failed(request, Fault.WRONG);
    } else {
      answered(request, socket.localAddress(), now);
    }
    goOn();
  }

  /** The shape RESET: its connections are closed with SO_LINGER 0. */
  private void resetOn(Request request, long now) {
    atWork.poll();
    answered(request, socket.localAddress(), now);
    disconnect();
    goOn();
  }

  private void goOn() {
    if (settings.reconnect() && atWork.isEmpty()) {
      disconnect();
    }
    if (allBegun) {
      finishIfDone();
    } else if (settings.shape() != Shape.HALF_CLOSE) {
      proceed();
    }
  }

  /** The server has ended the connection. */
  private void ended(NetSocket connection) {
    if (connection != socket) {
      return;
    }
    socket = null;
    if (atWork.isEmpty()) {
      if (settings.shape() == Shape.IDLE && !run.isOver(System.nanoTime())) {
        measurements.fault(reset ? Fault.RESET : Fault.LOST);
        finish();
      }
      return;
    }
    for (Request request = atWork.poll(); request != null; request = atWork.poll()) {
      Fault unanswered = request.received > 0 ? Fault.TORN : Fault.LOST;
      measurements.failed(request, reset ? Fault.RESET : unanswered);
    }
    goOn();
  }

  @Override
  void checkTimeouts(long now) {
    Request first = atWork.peek();
    if (first == null || now - first.sent < settings.timeout().toNanos()) {
      return;
    }
    // A late reply would be taken for the next one's: the connection is of no use any more.
    disconnect();
    for (Request request = atWork.poll(); request != null; request = atWork.poll()) {
      measurements.failed(request, request.received > 0 ? Fault.TORN : Fault.TIMED_OUT);
    }
    goOn();
  }

  private void disconnect() {
    NetSocket closing = socket;
    socket = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  void allBegun() {
    allBegun = true;
    if (settings.shape() == Shape.HALF_CLOSE && socket != null) {
      endOutput();
    }
    finishIfDone();
  }

  /** FIN, or close_notify: the server is told that nothing more comes. */
  private void endOutput() {
    var channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else {
      ((DuplexChannel) channel).shutdownOutput();
    }
  }

  private void finishIfDone() {
    if (atWork.isEmpty()) {
      // At once: its place in the server may be another's.
      disconnect();
      finish();
    }
  }

  private void idle() {
    served();
    after(Math.max(0, run.deadline() - System.nanoTime()), this::finish);
  }

  @Override
  void close() {
    disconnect();
  }
}
