package io.upper.stress;

import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of the load generator: starts the clients, spread over event loops, samples their
 * measurements, and ends.
 *
 * <p>Use a run once. {@link #stop} and {@link #progress} may be called from any thread.
 */
public final class StressRun {
  private static final int SAMPLE_MILLIS = 100;
  // Wait after the last reply for duplicate and late ones.
  private static final long STRAGGLER_MILLIS = 200;
  // Time for clients to notice the end.
  private static final long GRACE_MILLIS = 500;
  private static final StressResult.Second NO_SECOND = new StressResult.Second(0, 0, 0, 0, 0, 0, 0);

  private final Vertx vertx;
  private final StressSettings settings;
  private final RunState state;
  private Instant startedAt;
  private volatile Duration cpuBefore;
  private volatile Progress progress =
      new Progress(Duration.ZERO, 0, false, 0, 0, 0, 0, 0, 0, Map.of());

  /**
   * @param vertx has at least as many event loops as the settings
   */
  public StressRun(Vertx vertx, StressSettings settings, RequestListener listener) {
    this.vertx = vertx;
    this.settings = settings;
    this.state = new RunState(settings, listener);
  }

  /**
   * Runs the load.
   *
   * @return completes when all requests have their reply or have failed: with a duration, at most
   *     the timeout plus about a second after it. If no client can connect, that is a result, not a
   *     failure
   */
  public Future<StressResult> run() {
    return vertx
        .executeBlocking(
            () -> {
              state.prepare();
              return null;
            })
        .compose(v -> start());
  }

  private Future<StressResult> start() {
    cpuBefore = cpu();
    startedAt = Instant.now();
    state.start();
    if (!settings.warmup().isZero()) {
      vertx.setTimer(settings.warmup().toMillis(), id -> endWarmup());
    }
    if (state.isClocked()) {
      // A safeguard for overloaded event loops: normally the clients end by themselves.
      Duration limit = Duration.ofNanos(state.duration()).plus(settings.timeout());
      vertx.setTimer(limit.toMillis() + GRACE_MILLIS, id -> state.allFinished.tryComplete());
    }
    long sampler = vertx.setPeriodic(SAMPLE_MILLIS, id -> sample());
    AtomicInteger loops = new AtomicInteger();
    return vertx
        .deployVerticle(
            () -> new LoadVerticle(state, loops.getAndIncrement()),
            new DeploymentOptions().setInstances(settings.eventLoops()))
        .compose(
            deployment ->
                state
                    .allFinished
                    .future()
                    .compose(v -> stragglers())
                    .compose(v -> dropped())
                    .eventually(() -> vertx.undeploy(deployment)))
        .eventually(() -> Future.succeededFuture(vertx.cancelTimer(sampler)))
        .map(this::result);
  }

  private void endWarmup() {
    cpuBefore = cpu();
    if (state.drops != null) {
      state.drops.reset(settings.client().port());
    }
  }

  private Future<Void> stragglers() {
    boolean none = settings.client().protocol() != Protocol.UDP || state.stopped;
    return none ? Future.succeededFuture() : vertx.timer(STRAGGLER_MILLIS).mapEmpty();
  }

  /** Counts replies that this machine dropped, while the sockets are still open. */
  private Future<Long> dropped() {
    if (state.drops == null) {
      return Future.succeededFuture(0L);
    }
    return vertx
        .executeBlocking(() -> state.drops.count(settings.client().port()))
        .onComplete(v -> state.drops.close());
  }

  private StressResult result(long dropped) {
    long now = System.nanoTime();
    Measurements measurements = state.measurements;
    measurements.end(now);
    Map<Fault, Long> faults = measurements.faults();
    // Replies dropped here were counted as lost at their timeout, but the server did not lose them.
    long ownDrops = Math.min(Math.max(0, dropped), faults.get(Fault.LOST));
    faults.merge(Fault.LOST, -ownDrops, Long::sum);
    long origin = state.started + settings.warmup().toNanos();
    long clock = state.stopped || state.endedByClock ? state.end() - origin : 0;
    return new StressResult(
        settings,
        startedAt,
        Duration.ofNanos(Math.max(clock, measurements.elapsed())),
        Duration.ofNanos(Math.max(0, now - origin)),
        measurements.sent.sum(),
        measurements.answered.sum(),
        faults,
        measurements.times(),
        measurements.seconds(),
        state.neverServed.get(),
        state.connected,
        measurements.planned.sum(),
        measurements.late(),
        measurements.unsent(),
        measurements.refusals(),
        dropped == StressResult.UNKNOWN ? dropped : ownDrops,
        cpu().minus(cpuBefore),
        state.stopped);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Ends the run: requests in flight are abandoned and do not count as faults. */
  public void stop() {
    state.stop();
  }

  /** The progress, at most 100 ms old. */
  public Progress progress() {
    return progress;
  }

  /** The last failure to connect, or null. */
  public Throwable connectFailure() {
    return state.connectFailure;
  }

  private void sample() {
    long now = System.nanoTime();
    Measurements measurements = state.measurements;
    measurements.sample(now);
    List<StressResult.Second> seconds = measurements.seconds();
    StressResult.Second last = seconds.isEmpty() ? NO_SECOND : seconds.get(seconds.size() - 1);
    Map<Fault, Long> faults = measurements.faults();
    faults.values().removeIf(count -> count == 0);
    progress =
        new Progress(
            Duration.ofNanos(now - state.started),
            share(now),
            !state.counts(now),
            measurements.sent.sum(),
            measurements.answered.sum(),
            last.answered(),
            measurements.inFlight.sum(),
            last.p50(),
            last.p99(),
            faults);
  }

  private double share(long now) {
    double time = state.isClocked() ? (double) (now - state.started) / state.duration() : 0;
    long total = (long) settings.requests() * settings.clients();
    long done = state.measurements.sent.sum() - state.measurements.inFlight.sum();
    double work = total == 0 ? 0 : (double) done / total;
    return Math.max(0, Math.min(1, Math.max(time, work)));
  }
}
