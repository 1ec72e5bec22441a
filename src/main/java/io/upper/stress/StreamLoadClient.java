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
import java.util.concurrent.TimeoutException;

/** A client over TCP or TLS: one connection, or one for each request. */
final class StreamLoadClient extends LoadClient {
  private final NetClient client;
  private final Deque<Request> atWork = new ArrayDeque<>(1);
  // Null unless it is connecting.
  private Attempt attempt;
  private NetSocket socket;
  // Why the connection broke; null for an end in order.
  private Throwable failure;
  private Future<Void> lastWrite = Future.succeededFuture();

  StreamLoadClient(StressRun run, int number, ContextInternal context, NetClient client) {
    super(run, number, context);
    this.client = client;
  }

  /** A connection that is being made: for a request, or null for those to come. */
  private final class Attempt {
    private final Request request;
    private final long start = System.nanoTime();
    // Connected, in its TLS handshake.
    private NetSocket handshaking;

    Attempt(Request request) {
      this.request = request;
    }

    void begin() {
      attempt = this;
      run.target()
          .connect(client)
          .compose(this::secured)
          .onComplete(connected -> end(connected.result(), connected.cause()));
    }

    private Future<NetSocket> secured(NetSocket connected) {
      long now = System.nanoTime();
      measurements.time(Phase.CONNECT, now - start);
      if (settings.client().protocol() != Protocol.TLS) {
        return Future.succeededFuture(connected);
      }
      handshaking = connected;
      return run.target()
          .handshake(connected)
          .onSuccess(v -> measurements.time(Phase.HANDSHAKE, System.nanoTime() - now))
          .map(connected);
    }

    void end(NetSocket connected, Throwable cause) {
      if (attempt != this) {
        // Given up before.
        close(connected);
        return;
      }
      attempt = null;
      if (connected != null) {
        connected(connected, request);
      } else {
        close(handshaking);
        refused(request, cause, handshaking != null);
        finishIfDone();
      }
    }

    /** Gives up. */
    void expire() {
      end(
          null,
          new TimeoutException(
              (handshaking == null ? "connecting" : "the TLS handshake") + " timed out"));
    }

    private static void close(NetSocket unused) {
      if (unused != null) {
        unused.close();
      }
    }
  }

  @Override
  void open() {
    if (settings.reconnect()) {
      proceed();
    } else {
      new Attempt(null).begin();
    }
  }

  /** Whether requests are sent before earlier ones are answered. */
  private boolean pipelines() {
    return settings.shape() == Shape.HALF_CLOSE && !settings.reconnect();
  }

  @Override
  Delay busy() {
    if (attempt != null) {
      return Delay.CONNECTING;
    }
    boolean waiting = pipelines() ? socket != null && socket.writeQueueFull() : !atWork.isEmpty();
    return waiting ? Delay.WAITING : null;
  }

  private void connected(NetSocket connected, Request request) {
    if (settings.client().protocol() != Protocol.TLS) {
      run.couldConnect();
    }
    failure = null;
    socket = connected;
    connected
        .handler(bytes -> received(connected, bytes))
        .exceptionHandler(cause -> failure = cause)
        .closeHandler(v -> ended(connected));
    if (pipelines()) {
      connected.drainHandler(v -> proceed());
    }
    if (settings.shape() == Shape.IDLE) {
      idle();
    } else if (request == null) {
      proceed();
    } else if (run.isOver(System.nanoTime())) {
      measurements.unsent(request, Delay.CONNECTING);
      goOn();
    } else {
      transmit(request);
      proceed();
    }
  }

  @Override
  void send(Request request) {
    if (socket != null) {
      transmit(request);
    } else {
      new Attempt(request).begin();
    }
  }

  private void transmit(Request request) {
    request.sent = System.nanoTime();
    if (!settings.openLoop()) {
      // The plan of a closed loop is to send as soon as there is a connection.
      request.planned = request.sent;
    }
    measurements.sent(request);
    atWork.add(request);
    if (settings.shape() == Shape.BYTE_BY_BYTE) {
      transmitFrom(socket, request, 0);
    } else {
      // A write that fails ends the connection, which is when the request comes to nothing.
      lastWrite = socket.write(request.message.bytes());
    }
    if (settings.shape() == Shape.HALF_CLOSE && settings.reconnect()) {
      endOutput();
    }
  }

  private void transmitFrom(NetSocket to, Request request, int index) {
    if (to == socket && index < request.message.bytes().length()) {
      to.write(request.message.bytes().slice(index, index + 1));
      after(Shape.SLOW_WRITE_NANOS, () -> transmitFrom(to, request, index + 1));
    }
  }

  private void received(NetSocket from, Buffer bytes) {
    run.couldConnect();
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
      after(Shape.SLOW_READ_NANOS, from::resume);
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
    if (isOver()) {
      finishIfDone();
    } else if (!pipelines() || socket == null) {
      proceed();
    }
  }

  /** The server has ended the connection. */
  private void ended(NetSocket connection) {
    if (connection != socket) {
      return;
    }
    socket = null;
    Throwable cause = failure;
    // TLS 1.3: a server refuses the client when that has sent its first request already.
    boolean refused = Refusal.isAlert(cause);
    if (refused) {
      run.couldNotConnect(cause, true);
    } else {
      run.couldConnect();
    }
    Fault broken = refused ? Fault.REFUSED : cause != null ? Fault.RESET : null;
    if (settings.shape() == Shape.IDLE && !run.isOver(System.nanoTime())) {
      measurements.fault(broken == null ? Fault.LOST : broken);
      finish();
    }
    if (atWork.isEmpty()) {
      return;
    }
    for (Request request = atWork.poll(); request != null; request = atWork.poll()) {
      Fault unanswered = request.received > 0 ? Fault.TORN : Fault.LOST;
      measurements.failed(request, broken == null ? unanswered : broken);
    }
    if (refused) {
      pause(Delay.CONNECTING);
    }
    goOn();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    if (attempt != null && attempt.start - oldest <= 0) {
      attempt.expire();
      return;
    }
    Request first = atWork.peek();
    if (first == null || first.sent - oldest > 0) {
      return;
    }
    run.couldConnect();
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
    if (pipelines() && !atWork.isEmpty()) {
      endOutput();
    }
    finishIfDone();
  }

  /** FIN, or close_notify: the server is told that nothing more comes. */
  private void endOutput() {
    NetSocket ending = socket;
    // Not before: it would discard what is not written yet.
    lastWrite.onSuccess(
        v -> {
          if (ending == socket) {
            endOutput(ending);
          }
        });
  }

  private static void endOutput(NetSocket ending) {
    var channel = ((NetSocketInternal) ending).channelHandlerContext().channel();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else {
      ((DuplexChannel) channel).shutdownOutput();
    }
  }

  private void finishIfDone() {
    if (isOver() && atWork.isEmpty() && attempt == null) {
      // At once: its place in the server may be another's.
      disconnect();
      finish();
    }
  }

  private void idle() {
    served();
    after(
        Math.max(0, run.deadline() - System.nanoTime()),
        () -> {
          run.endedByClock();
          if (socket != null) {
            run.couldConnect();
          }
          finish();
        });
  }

  @Override
  void close() {
    if (attempt != null) {
      Attempt connecting = attempt;
      attempt = null;
      Attempt.close(connecting.handshaking);
      if (connecting.request != null) {
        measurements.unsent(connecting.request, Delay.CONNECTING);
      }
    }
    disconnect();
  }
}
