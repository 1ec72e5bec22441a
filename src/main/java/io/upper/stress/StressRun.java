package io.upper.stress;

import io.upper.client.Target;
import io.upper.client.Trust;
import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of the load generator: its clients, spread over event loops, and what they measured.
 *
 * <p>A run is used once. {@link #stop} and {@link #progress} may be called by any thread.
 */
public final class StressRun {
  private static final int SAMPLE_MILLIS = 100;
  // After the last reply, for those that come twice or late.
  private static final long STRAGGLER_MILLIS = 200;
  private static final Duration IDLE_DURATION = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final StressSettings settings;
  private final RequestListener listener;
  private final List<Message> messages;
  private final Promise<Void> allFinished = Promise.promise();
  private final AtomicInteger unfinished;
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger loops = new AtomicInteger();

  private Instant startedAt;
  private long started;
  private long deadline;
  private Measurements measurements;
  private Target target;
  private Trust trust;
  private volatile Duration cpuBefore;

  private volatile boolean stopped;
  private volatile boolean connected;
  private volatile Throwable connectFailure;
  private volatile Progress progress =
      new Progress(Duration.ZERO, 0, false, 0, 0, 0, 0, 0, 0, Map.of());

  /**
   * @param vertx with at least as many event loops as the settings name
   */
  public StressRun(Vertx vertx, StressSettings settings, RequestListener listener) {
    this.vertx = vertx;
    this.settings = settings;
    this.listener = listener;
    this.messages =
        settings.messages().stream()
            .map(text -> Message.of(text, settings.client().charset()))
            .toList();
    this.unfinished = new AtomicInteger(settings.clients());
  }

  /**
   * Puts the load on the server.
   *
   * @return completes when all requests have their reply or have come to nothing; that nothing
   *     could connect is a result, not a failure
   */
  public Future<StressResult> run() {
    return vertx.executeBlocking(this::resolve).compose(v -> start());
  }

  private Void resolve() throws Exception {
    target = Target.resolve(settings.client().host(), settings.client().port());
    trust = Trust.read(vertx, settings.client());
    return null;
  }

  private Future<StressResult> start() {
    cpuBefore = cpu();
    startedAt = Instant.now();
    started = System.nanoTime();
    deadline = started + duration();
    measurements = new Measurements(started + settings.warmup().toNanos());
    if (!settings.warmup().isZero()) {
      vertx.setTimer(settings.warmup().toMillis(), id -> cpuBefore = cpu());
    }
    long sampler = vertx.setPeriodic(SAMPLE_MILLIS, id -> sample());
    return vertx
        .deployVerticle(
            () -> new LoadVerticle(this, loops.getAndIncrement()),
            new DeploymentOptions().setInstances(settings.eventLoops()))
        .compose(
            deployment ->
                allFinished
                    .future()
                    .compose(v -> stragglers())
                    .eventually(() -> vertx.undeploy(deployment)))
        .eventually(() -> Future.succeededFuture(vertx.cancelTimer(sampler)))
        .map(v -> result());
  }

  private long duration() {
    if (settings.duration() != null) {
      return settings.warmup().plus(settings.duration()).toNanos();
    }
    return settings.shape() == Shape.IDLE ? IDLE_DURATION.toNanos() : Long.MAX_VALUE / 2;
  }

  private Future<Void> stragglers() {
    if (settings.client().protocol() != Protocol.UDP || stopped) {
      return Future.succeededFuture();
    }
    return vertx.timer(STRAGGLER_MILLIS).mapEmpty();
  }

  private StressResult result() {
    measurements.end(System.nanoTime());
    return new StressResult(
        settings,
        startedAt,
        measurements.elapsed(),
        measurements.sent(),
        measurements.answered(),
        measurements.faults(),
        new EnumMap<>(measurements.times()),
        measurements.seconds(),
        settings.clients() - served.get(),
        connected,
        measurements.planned(),
        measurements.missed(),
        cpu().minus(cpuBefore),
        stopped);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Ends the run: requests at work come to nothing, but are no faults. */
  public void stop() {
    stopped = true;
    allFinished.tryComplete();
  }

  /** How the run stands, at most 100 ms ago. */
  public Progress progress() {
    return progress;
  }

  /** Why the last client that could not connect could not; null when all could. */
  public Throwable connectFailure() {
    return connectFailure;
  }

  private void sample() {
    long now = System.nanoTime();
    measurements.sample(now);
    List<StressResult.Second> seconds = measurements.seconds();
    StressResult.Second last =
        seconds.isEmpty()
            ? new StressResult.Second(0, 0, 0, 0, 0, 0, 0)
            : seconds.get(seconds.size() - 1);
    Map<Fault, Long> faults = new EnumMap<>(measurements.faults());
    faults.values().removeIf(count -> count == 0);
    progress =
        new Progress(
            Duration.ofNanos(now - started),
            share(now),
            !counts(now),
            measurements.sent(),
            measurements.answered(),
            last.answered(),
            measurements.inFlight(),
            last.p50(),
            last.p99(),
            faults);
  }

  private double share(long now) {
    double time =
        settings.duration() == null && settings.shape() != Shape.IDLE
            ? 0
            : (double) (now - started) / (deadline - started);
    double work =
        settings.requests() == 0
            ? 0
            : (double) (measurements.sent() - measurements.inFlight())
                / ((long) settings.requests() * settings.clients());
    return Math.max(0, Math.min(1, Math.max(time, work)));
  }

  // What follows is for the clients.

  StressSettings settings() {
    return settings;
  }

  /** The server, resolved once for all clients. */
  Target target() {
    return target;
  }

  /** Whom the clients trust: read once, the file may be a pipe. */
  Trust trust() {
    return trust;
  }

  Measurements measurements() {
    return measurements;
  }

  RequestListener listener() {
    return listener;
  }

  long started() {
    return started;
  }

  long deadline() {
    return deadline;
  }

  /** The message of a client's request: they come in turn. */
  Message message(long number) {
    return messages.get((int) (number % messages.size()));
  }

  int longestReply() {
    return messages.stream().mapToInt(message -> message.expected().length()).max().orElse(0);
  }

  /** Whether what is due at {@code nanos} counts: the warm-up is over. */
  boolean counts(long nanos) {
    return nanos - started >= settings.warmup().toNanos();
  }

  /** Whether nothing is to be sent at {@code nanos} any more. */
  boolean isOver(long nanos) {
    return stopped || nanos - deadline >= 0;
  }

  boolean isStopped() {
    return stopped;
  }

  void couldConnect() {
    connected = true;
  }

  void couldNotConnect(Throwable cause) {
    connectFailure = cause;
  }

  void finished(LoadClient client) {
    if (unfinished.decrementAndGet() == 0) {
      allFinished.tryComplete();
    }
  }

  /** How many clients were served, as an event loop reports at its end. */
  void served(int clients) {
    served.addAndGet(clients);
  }
}
