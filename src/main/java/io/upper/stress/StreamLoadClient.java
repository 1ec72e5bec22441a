package io.upper.stress;

import io.upper.config.Protocol;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;

/** A client over TCP or TLS: one connection, or one per request. */
final class StreamLoadClient extends LoadClient {
  private final NetClient client;
  private final Deque<Request> inFlight = new ArrayDeque<>(1);
  // Null unless connecting.
  private ConnectAttempt attempt;
  private NetSocket socket;
  // Why the connection failed; null if it was closed cleanly.
  private Throwable failure;
  private RequestWriter writer;

  StreamLoadClient(RunState run, int number, ContextInternal context, NetClient client) {
    super(run, number, context);
    this.client = client;
  }

  private void connect(Request request) {
    ConnectAttempt begun = new ConnectAttempt(run, request);
    attempt = begun;
    begun
        .connect(client)
        .onComplete(
            connected -> {
              if (attempt == begun) {
                attempted(connected.result(), connected.cause());
              } else if (connected.succeeded()) {
                connected.result().close(); // The attempt has timed out.
              }
            });
  }

  private void attempted(NetSocket connected, Throwable cause) {
    ConnectAttempt ended = attempt;
    attempt = null;
    if (connected != null) {
      connected(connected, ended.request);
    } else {
      ended.abandon();
      refused(ended.request, cause, ended.isHandshaking());
      finishIfDone();
    }
  }

  @Override
  void open() {
    if (settings.reconnect()) {
      proceed();
    } else {
      connect(null);
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
    writer = new RequestWriter(this, connected);
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
      connect(request);
    }
  }

  private void transmit(Request request) {
    sending(request);
    inFlight.add(request);
    writer.write(request.message.bytes());
    if (settings.shape() == Shape.HALF_CLOSE && settings.reconnect()) {
      writer.end();
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
      offset = request.receive(bytes, offset);
      if (request.isComplete() || settings.shape() == Shape.RESET) {
        inFlight.poll();
        complete(request, now);
      }
    }
    if (settings.shape() == Shape.SLOW_READER && from == socket) {
      from.pause();
      after(Shape.SLOW_READ_NANOS, from::resume);
    }
  }

  private void complete(Request request, long now) {
    if (request.wrong) {
      measurements.failed(request, Fault.WRONG);
    } else {
      answered(request, socket.localAddress(), now);
    }
    proceedOrFinish();
  }

  private void proceedOrFinish() {
    // With SO_LINGER 0, which the shape RESET has, closing sends a RST.
    if ((settings.reconnect() || settings.shape() == Shape.RESET) && inFlight.isEmpty()) {
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
    failAll(broken != null ? broken : Fault.LOST, broken != null ? broken : Fault.TORN);
    if (refused) {
      pause(Delay.CONNECTING);
    }
    proceedOrFinish();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    if (attempt != null && attempt.isOlderThan(oldest)) {
      attempted(null, attempt.timeout());
      return;
    }
    Request first = inFlight.peek();
    if (first == null || first.sent - oldest > 0) {
      return;
    }
    run.connectSucceeded();
    // A late reply could not be distinguished from the next one, so the connection is closed.
    disconnect();
    failAll(Fault.TIMED_OUT, Fault.TORN);
    proceedOrFinish();
  }

  /** Fails all requests in flight; {@code partial} those of whose reply a part has arrived. */
  private void failAll(Fault fault, Fault partial) {
    inFlight.forEach(
        request -> measurements.failed(request, request.received > 0 ? partial : fault));
    inFlight.clear();
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
      writer.end();
    }
    finishIfDone();
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
        Math.max(0, run.deadline - System.nanoTime()),
        () -> {
          run.endedByClock = true;
          if (socket != null) {
            run.connectSucceeded();
          }
          finish();
        });
  }

  @Override
  void close() {
    if (attempt != null) {
      attempt.abandon();
      if (attempt.request != null) {
        measurements.unsent(attempt.request, Delay.CONNECTING);
      }
      attempt = null;
    }
    disconnect();
  }
}
