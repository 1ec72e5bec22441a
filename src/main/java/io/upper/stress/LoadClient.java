package io.upper.stress;

import io.upper.client.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One client: makes its requests by plan (open loop) or when it has its reply (closed loop). Lives
 * on one event loop.
 */
abstract class LoadClient {
  // What a planned send may be late before it counts as late.
  private static final long PUNCTUAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  // What a client waits after it could not connect.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  // Sends in a row; then the event loop reads replies before it sends more.
  private static final int BATCH = 32;

  final int number;
  final StressRun run;
  final StressSettings settings;
  final Measurements measurements;
  final ContextInternal context;

  // Null in a closed loop.
  private Schedule schedule;
  private long begun;
  // Why it cannot send, or could not when it was blocked last; and since when it is free.
  private Delay delay = Delay.CONNECTING;
  private boolean blocked = true;
  private long freeSince;
  private boolean proceeding;
  private boolean waking;
  private boolean paused;
  private boolean due;
  private boolean over;
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
    long ramp = (long) ((double) settings.ramp().toNanos() * number / settings.clients());
    if (settings.openLoop()) {
      schedule = new Schedule(settings, number, ramp);
    }
    after(
        ramp,
        () -> {
          due |= !settings.openLoop();
          open();
        });
  }

  /** Gets ready to send, then calls {@link #proceed}. */
  abstract void open();

  /** What the client's request of that number says. */
  Message message(long number) {
    return run.message(number);
  }

  /** Why no request can be sent now; null when the client is free. */
  abstract Delay busy();

  /** Sends a request that is due; the client is free. */
  abstract void send(Request request);

  /** Has requests that have waited for too long come to nothing. */
  abstract void checkTimeouts(long now);

  /** No request is left to begin: the client is done when those in flight are. */
  abstract void allBegun();

  /** Frees what the client holds, which is nothing when the run ends before its start. */
  abstract void close();

  /**
   * Sends what is due, or has it sent when it is. To be called whenever something has changed; a
   * call from within, by a send that has an effect at once, only makes the loop go on.
   */
  final void proceed() {
    if (proceeding || paused || over) {
      return;
    }
    proceeding = true;
    int sends = 0;
    while (next(sends == BATCH)) {
      sends++;
    }
    proceeding = false;
  }

  /**
   * Sends one request.
   *
   * @param enough whether replies have to be read before
   * @return whether to go on
   */
  private boolean next(boolean enough) {
    long now = System.nanoTime();
    if (begun == settings.requests() && begun > 0) {
      end();
      return false;
    }
    if (isOver(now)) {
      run.endedByClock();
      end();
      return false;
    }
    Delay reason = busy();
    if (reason != null) {
      blocked = true;
      delay = reason;
      return false;
    }
    if (blocked) {
      blocked = false;
      freeSince = now;
    }
    long planned = schedule == null ? now : run.started() + schedule.next();
    if (run.isOver(planned)) {
      end();
      return false;
    }
    if (planned - now > 0 || enough) {
      wake(planned - now);
      return false;
    }
    begin(planned, now);
    return true;
  }

  /** What was due in time, and its client is free, may still be sent while that is punctual. */
  private boolean isOver(long now) {
    return run.isOver(schedule == null || blocked ? now : now - PUNCTUAL_NANOS);
  }

  private void begin(long planned, long now) {
    Request request = new Request(begun, message(begun), planned, run.counts(planned));
    begun++;
    due = true;
    if (schedule != null) {
      schedule.advance();
      measurements.planned(request);
      if (now - planned > PUNCTUAL_NANOS) {
        measurements.late(request, freeSince - planned > 0 ? delay : Delay.GENERATOR);
      }
    }
    send(request);
  }

  /** Goes on later; with a time that is over, after the event loop has read what there is. */
  private void wake(long nanos) {
    if (!waking) {
      waking = true;
      after(
          Math.max(0, nanos),
          () -> {
            waking = false;
            proceed();
          });
    }
  }

  private void end() {
    over = true;
    countUnsent();
    allBegun();
  }

  /** Counts what was due and never begun; before the end of the run, and once. */
  private void countUnsent() {
    if (schedule != null) {
      long left = settings.requests() == 0 ? Long.MAX_VALUE : settings.requests() - begun;
      long end = run.end() - run.started();
      long warmup = Math.min(left, schedule.skip(Math.min(end, settings.warmup().toNanos())));
      long unsent = Math.min(left - warmup, schedule.skip(end));
      due |= warmup + unsent > 0;
      measurements.planned(unsent);
      measurements.unsent(blocked ? delay : Delay.GENERATOR, unsent);
    } else if (due && begun == 0 && settings.shape() != Shape.IDLE) {
      // In a closed loop only a first request is due whatever the server does.
      measurements.unsent(delay, 1);
    }
  }

  final boolean isBegun(long request) {
    return request < begun;
  }

  /** Whether no request is left to begin. */
  final boolean isOver() {
    return over;
  }

  /**
   * There is no connection. The client tries again in a moment.
   *
   * @param request the one that it was for; null when none was due
   */
  final void refused(Request request, Throwable cause, boolean handshaking) {
    Refusal refusal = run.couldNotConnect(cause, handshaking);
    if (request == null && schedule == null) {
      // In a closed loop the first request is due with the connection.
      begun++;
    }
    if (request == null ? schedule == null && run.counts(System.nanoTime()) : request.counts) {
      if (refusal.isOwn()) {
        measurements.unsent(Delay.LIMIT, 1);
      } else {
        measurements.fault(Fault.REFUSED);
      }
    }
    pause(refusal.isOwn() ? Delay.LIMIT : Delay.CONNECTING);
  }

  /** Sends nothing for a moment. */
  final void pause(Delay reason) {
    paused = true;
    blocked = true;
    delay = reason;
    after(
        RETRY_NANOS,
        () -> {
          paused = false;
          if (settings.shape() == Shape.IDLE && !run.isOver(System.nanoTime())) {
            open();
          } else {
            proceed();
          }
        });
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
      run.finished();
    }
  }

  /** Ends the client, wherever it is; its requests in flight come to nothing, if not silently. */
  final void stop() {
    if (!over) {
      over = true;
      countUnsent();
    }
    if (!run.isStopped()) {
      checkTimeouts(System.nanoTime() + settings.timeout().toNanos());
    }
    close();
  }

  /** Whether it has asked, or should have, and got no right reply; to be called after its end. */
  final boolean isNeverServed() {
    return due && !served;
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
