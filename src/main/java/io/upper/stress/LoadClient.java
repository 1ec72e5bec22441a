package io.upper.stress;

import io.upper.client.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One client: sends its requests on schedule (open loop) or after the previous reply (closed loop).
 * Used on one event loop only.
 */
abstract class LoadClient {
  // How much later than planned a request may be sent before it counts as late.
  private static final long PUNCTUAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  // Delay before a client connects again after a failure.
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  // Maximum sends in a row; then the event loop reads replies first.
  private static final int MAX_BATCH = 32;

  final int number;
  final RunState run;
  final StressSettings settings;
  final Measurements measurements;
  final ContextInternal context;

  // Null in a closed loop.
  private Schedule schedule;
  private long startedRequests;
  // Why it cannot send, or could not when last blocked; and when it became free.
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
  // When the first request without a reply was sent; 0 if none is.
  private long unansweredNanos;
  private long longestGap = -1;

  LoadClient(RunState run, int number, ContextInternal context) {
    this.run = run;
    this.number = number;
    this.context = context;
    this.settings = run.settings;
    this.measurements = run.measurements;
  }

  /** Opens the client at its time in the ramp-up. */
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

  /** Prepares for sending, then calls {@link #proceed}. */
  abstract void open();

  /** The message of the client's request with this number. */
  Message message(long number) {
    return run.message(number);
  }

  /** Why no request can be sent now; null if the client is free. */
  abstract Delay busy();

  /** Sends a request; called only when the client is free. */
  abstract void send(Request request);

  /** Fails requests in flight that exceed the timeout. */
  abstract void checkTimeouts(long now);

  /** All requests have been started: the client is done when none is in flight. */
  abstract void allStarted();

  /** Releases the client's resources; also called if the client never opened. */
  abstract void close();

  /**
   * Sends the requests that are due and schedules the next one. Call it after every change of
   * state; a nested call, from a send with an immediate effect, is ignored since the loop continues
   * anyway.
   */
  final void proceed() {
    if (proceeding || paused || over) {
      return;
    }
    proceeding = true;
    int sends = 0;
    while (next(sends == MAX_BATCH)) {
      sends++;
    }
    proceeding = false;
  }

  /**
   * Sends one request.
   *
   * @param mustYield whether the event loop must read replies first
   * @return whether to continue
   */
  private boolean next(boolean mustYield) {
    long now = System.nanoTime();
    if (startedRequests == settings.requests() && startedRequests > 0) {
      end();
      return false;
    }
    if (isOver(now)) {
      run.endedByClock = true;
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
    long planned = schedule == null ? now : run.started + schedule.next();
    if (run.isOver(planned)) {
      end();
      return false;
    }
    if (planned - now > 0 || mustYield) {
      wake(planned - now);
      return false;
    }
    startRequest(planned, now);
    return true;
  }

  /** A request due before the end may still be sent while it is punctual, if its client is free. */
  private boolean isOver(long now) {
    return run.isOver(schedule == null || blocked ? now : now - PUNCTUAL_NANOS);
  }

  private void startRequest(long planned, long now) {
    Request request =
        new Request(startedRequests, message(startedRequests), planned, run.counts(planned));
    startedRequests++;
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

  /** Proceeds after a delay; with none, after the event loop has read pending input. */
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
    allStarted();
  }

  /** Counts what was due and never started; called once, before the run ends. */
  private void countUnsent() {
    if (schedule != null) {
      long left = settings.requests() == 0 ? Long.MAX_VALUE : settings.requests() - startedRequests;
      long end = run.end() - run.started;
      long warmup = Math.min(left, schedule.skip(Math.min(end, settings.warmup().toNanos())));
      long unsent = Math.min(left - warmup, schedule.skip(end));
      due |= warmup + unsent > 0;
      measurements.planned.add(unsent);
      measurements.unsent(blocked ? delay : Delay.GENERATOR, unsent);
    } else if (due && startedRequests == 0 && settings.shape() != Shape.IDLE) {
      // In a closed loop only the first request is due regardless of the server.
      measurements.unsent(delay, 1);
    }
  }

  /** A request is being sent; in a closed loop it is due as soon as it can be. */
  final void sending(Request request) {
    request.sent = System.nanoTime();
    if (schedule == null) {
      request.planned = request.sent;
    }
    measurements.sent(request);
    if (unansweredNanos == 0 && request.counts) {
      unansweredNanos = request.sent;
    }
  }

  private void endGap(long now) {
    if (unansweredNanos != 0) {
      longestGap = Math.max(longestGap, now - unansweredNanos);
      unansweredNanos = 0;
    }
  }

  /** Whether all requests have been started. */
  final boolean isOver() {
    return over;
  }

  /**
   * Connecting failed; the client retries after a short delay.
   *
   * @param request the request to send on the connection, or null
   */
  final void refused(Request request, Throwable cause, boolean handshaking) {
    Refusal refusal = run.connectFailed(cause, handshaking);
    if (request == null && schedule == null) {
      // In a closed loop the first request is due on connecting.
      startedRequests++;
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

  /** Stops sending for a short time. */
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
    endGap(now);
    measurements.answered(request, now);
    run.listener.answered(number, local, request.number, request.planned, request.sent, now);
  }

  /** The client is done. */
  final void finish() {
    if (!finished) {
      finished = true;
      run.finished();
    }
  }

  /** Ends the client in any state; requests in flight fail, unless the run was stopped. */
  final void stop() {
    if (!over) {
      over = true;
      countUnsent();
    }
    if (!run.stopped) {
      endGap(System.nanoTime());
    }
    if (longestGap >= 0) {
      measurements.time(Phase.GAP, longestGap);
    }
    if (!run.stopped) {
      checkTimeouts(System.nanoTime() + settings.timeout().toNanos());
    }
    close();
  }

  /** Whether a request was due but no correct reply arrived; call it after {@link #stop}. */
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
