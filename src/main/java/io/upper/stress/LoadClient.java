package io.upper.stress;

import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One client: makes its requests by plan (open loop) or when it has its reply (closed loop). Lives
 * on one event loop.
 */
abstract class LoadClient {
  // What a planned send may be late before it counts as missed.
  private static final long PUNCTUAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  // What a client waits after it could not connect.
  private static final long RETRY_MILLIS = 50;

  final int number;
  final StressRun run;
  final StressSettings settings;
  final Measurements measurements;
  final ContextInternal context;

  private Schedule schedule;
  private long begun;
  private boolean finished;
  private boolean served;

  LoadClient(StressRun run, int number, ContextInternal context) {
    this.run = run;
    this.number = number;
    this.context = context;
    this.settings = run.settings();
    this.measurements = run.measurements();
  }

  /** Starts when the ramp says so. */
  final void start() {
    long delay = settings.ramp().toNanos() * number / settings.clients();
    after(delay, this::open);
  }

  /** Gets ready to send, then calls {@link #proceed}. */
  abstract void open();

  /** What the client's request of that number says. */
  Message message(long number) {
    return run.message(number);
  }

  /** Sends a request that is due; the client is free. */
  abstract void send(Request request);

  /** Has requests that have waited for too long come to nothing. */
  abstract void checkTimeouts(long now);

  /** Frees what the client holds, which is nothing when the run ends before its start. */
  abstract void close();

  /** Whether the client can send before its last request is answered. */
  abstract boolean overlaps();

  /** Plans the next request, if there is one to make. */
  final void proceed() {
    if (finished) {
      return;
    }
    long now = System.nanoTime();
    if (settings.openLoop() && schedule == null) {
      schedule = new Schedule(settings, run.started(), number);
    }
    long planned = settings.openLoop() ? schedule.next() : now;
    if (run.isOver(planned) || settings.requests() > 0 && begun == settings.requests()) {
      allBegun();
    } else if (planned > now) {
      after(planned - now, () -> begin(planned, true));
    } else {
      begin(planned, false);
    }
  }

  private void begin(long planned, boolean free) {
    if (finished || run.isStopped()) {
      allBegun();
      return;
    }
    Request request = new Request(begun, message(begun), planned, run.counts(planned));
    begun++;
    if (settings.openLoop()) {
      measurements.planned(request);
      if (free && System.nanoTime() - planned > PUNCTUAL_NANOS) {
        measurements.missed(request);
      }
    }
    send(request);
    if (overlaps() && settings.openLoop()) {
      proceed();
    }
  }

  /** No request is left to begin: the client is done when those at work are. */
  abstract void allBegun();

  /** A request could not be sent at all. */
  final void refused(Request request, Throwable cause) {
    run.couldNotConnect(cause);
    if (request == null ? run.counts(System.nanoTime()) : request.counts) {
      measurements.fault(Fault.REFUSED);
    }
    if (request == null) {
      begun++;
    }
    after(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS), this::proceed);
  }

  final void answered(Request request, SocketAddress local, long now) {
    served = true;
    measurements.answered(request, now);
    run.listener().answered(number, local, request.number, request.planned, request.sent, now);
  }

  /** The client is done. */
  final void finish() {
    if (!finished) {
      finished = true;
      run.finished(this);
    }
  }

  final boolean isServed() {
    return served;
  }

  final void served() {
    served = true;
  }

  final void after(long nanos, Runnable action) {
    context
        .nettyEventLoop()
        .schedule(() -> context.emit(v -> action.run()), nanos, TimeUnit.NANOSECONDS);
  }
}
