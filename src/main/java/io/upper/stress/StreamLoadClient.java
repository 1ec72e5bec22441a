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

/** A client over TCP or TLS: one connection, or one per request. */
final class StreamLoadClient extends LoadClient {
  private final NetClient client;
  private final Deque<Request> inFlight = new ArrayDeque<>(1);
  // Null unless connecting.
  private Attempt attempt;
  private NetSocket socket;
  // Why the connection failed; null if it was closed cleanly.
  private Throwable failure;
  private Future<Void> lastWrite = Future.succeededFuture();

  StreamLoadClient(StressRun run, int number, ContextInternal context, NetClient client) {
    super(run, number, context);
    this.client = client;
  }

  /** An attempt to connect, for one request, or with null for all to come. */
  private final class Attempt {
    private final Request request;
    private final long start = System.nanoTime();
    // Not null during the TLS handshake.
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
        // The attempt has expired.
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

    /** Fails the attempt with a timeout. */
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

  /** Whether requests are sent before earlier replies arrive. */
  private boolean pipelines() {
    return settings.shape() == Shape.HALF_CLOSE && !settings.reconnect();
  }

  @Override
  Delay busy() {
    if (attempt != null) {
      return Delay.CONNECTING;
    }
    boolean waiting = pipelines() ? socket != null && socket.writeQueueFull() : !inFlight.isEmpty();
    return waiting ? Delay.WAITING : null;
  }

  private void connected(NetSocket connected, Request request) {
    if (settings.client().protocol() != Protocol.TLS) {
      run.connectSucceeded();
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
      proceedOrFinish();
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
      // In a closed loop a request is due as soon as there is a connection.
      request.planned = request.sent;
    }
    measurements.sent(request);
    inFlight.add(request);
    if (settings.shape() == Shape.BYTE_BY_BYTE) {
      transmitFrom(socket, request, 0);
    } else {
      // A failed write closes the connection, which fails the request.
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
    run.connectSucceeded();
    long now = System.nanoTime();
    int offset = 0;
    while (from == socket && offset < bytes.length()) {
      Request request = inFlight.peek();
      if (request == null) {
        // Unsolicited bytes: later ones could not be distinguished from a reply.
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
        inFlight.poll();
        complete(request, now);
      }
    }
    if (settings.shape() == Shape.SLOW_READER && from == socket) {
      from.pause();
      after(Shape.SLOW_READ_NANOS, from::resume);
    }
  }

  /** Compares the bytes of the request's reply; returns the offset of the rest. */
  private static int take(Request request, Buffer bytes, int offset) {
    Buffer expected = request.message.expected();
    int length = Math.min(bytes.length() - offset, expected.length() - request.received);
    for (int i = 0; i < length && !request.wrong; i++) {
      request.wrong = bytes.getByte(offset + i) != expected.getByte(request.received + i);
    }
    request.received += length;
    return offset + length;
  }

  private void complete(Request request, long now) {
    if (request.wrong) {
      measurements.failed(request, Fault.WRONG);
    } else {
      answered(request, socket.localAddress(), now);
    }
    proceedOrFinish();
  }

  /** For the shape RESET, whose sockets have SO_LINGER 0: closing sends a RST. */
  private void resetOn(Request request, long now) {
    inFlight.poll();
    answered(request, socket.localAddress(), now);
    disconnect();
    proceedOrFinish();
  }

  private void proceedOrFinish() {
    if (settings.reconnect() && inFlight.isEmpty()) {
      disconnect();
    }
    if (isOver()) {
      finishIfDone();
    } else if (!pipelines() || socket == null) {
      proceed();
    }
  }

  /** The server has closed the connection. */
  private void ended(NetSocket connection) {
    if (connection != socket) {
      return;
    }
    socket = null;
    Throwable cause = failure;
    // In TLS 1.3 the server may reject the client after the client's first request.
    boolean refused = Refusal.isAlert(cause);
    if (refused) {
      run.connectFailed(cause, true);
    } else {
      run.connectSucceeded();
    }
    Fault broken = refused ? Fault.REFUSED : cause != null ? Fault.RESET : null;
    if (settings.shape() == Shape.IDLE && !run.isOver(System.nanoTime())) {
      measurements.fault(broken == null ? Fault.LOST : broken);
      finish();
    }
    if (inFlight.isEmpty()) {
      return;
    }
    for (Request request = inFlight.poll(); request != null; request = inFlight.poll()) {
      Fault partial = request.received > 0 ? Fault.TORN : Fault.LOST;
      measurements.failed(request, broken == null ? partial : broken);
    }
    if (refused) {
      pause(Delay.CONNECTING);
    }
    proceedOrFinish();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    if (attempt != null && attempt.start - oldest <= 0) {
      attempt.expire();
      return;
    }
    Request first = inFlight.peek();
    if (first == null || first.sent - oldest > 0) {
      return;
    }
    run.connectSucceeded();
    // A late reply could not be distinguished from the next one, so the connection is closed.
    disconnect();
    for (Request request = inFlight.poll(); request != null; request = inFlight.poll()) {
      measurements.failed(request, request.received > 0 ? Fault.TORN : Fault.TIMED_OUT);
    }
    proceedOrFinish();
  }

  private void disconnect() {
    NetSocket closing = socket;
    socket = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  void allStarted() {
    if (pipelines() && !inFlight.isEmpty()) {
      endOutput();
    }
    finishIfDone();
  }

  /** Half-closes the connection: FIN, or close_notify. */
  private void endOutput() {
    NetSocket ending = socket;
    // After the last write: closing earlier would discard pending bytes.
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
    if (isOver() && inFlight.isEmpty() && attempt == null) {
      // At once, since the server may count it against its connection limit.
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
            run.connectSucceeded();
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
