package io.upper.stress;

import io.upper.client.Message;
import io.upper.client.Target;
import io.upper.client.Trust;
import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
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
  // For clients to notice that their time is over.
  private static final long GRACE_MILLIS = 500;
  private static final Duration IDLE_DURATION = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final StressSettings settings;
  private final RequestListener listener;
  private final List<Message> messages;
  private final Promise<Void> allFinished = Promise.promise();
  private final AtomicInteger unfinished;
  private final AtomicInteger neverServed = new AtomicInteger();
  private final AtomicInteger loops = new AtomicInteger();

  private Instant startedAt;
  private long started;
  private long deadline;
  private Measurements measurements;
  private Target target;
  private Trust trust;
  // Null unless it is UDP.
  private ReceiveDrops drops;
  // Index of the address that datagrams are sent to.
  private int datagramServer;
  private volatile Duration cpuBefore;

  private volatile boolean stopped;
  private volatile long stoppedAt;
  private volatile boolean endedByClock;
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
        settings.messages().stream().map(text -> Message.of(text, settings.client())).toList();
    this.unfinished = new AtomicInteger(settings.clients());
  }

  /**
   * Puts the load on the server.
   *
   * @return completes when all requests have their reply or have come to nothing: with a duration,
   *     at most the timeout and about a second after it; that nothing could connect is a result,
   *     not a failure
   */
  public Future<StressResult> run() {
    return vertx.executeBlocking(this::resolve).compose(v -> start());
  }

  private Void resolve() throws Exception {
    target = Target.resolve(settings.client().host(), settings.client().port());
    trust = Trust.read(settings.client());
    drops = settings.client().protocol() == Protocol.UDP ? new ReceiveDrops() : null;
    return null;
  }

  private Future<StressResult> start() {
    cpuBefore = cpu();
    startedAt = Instant.now();
    started = System.nanoTime();
    deadline = started + duration();
    measurements = new Measurements(started + settings.warmup().toNanos());
    if (!settings.warmup().isZero()) {
      vertx.setTimer(settings.warmup().toMillis(), id -> warm());
    }
    if (isClocked()) {
      // However busy the event loops are: the clients end before, by themselves.
      vertx.setTimer(
          Duration.ofNanos(duration()).plus(settings.timeout()).toMillis() + GRACE_MILLIS,
          id -> allFinished.tryComplete());
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
                    .compose(v -> dropped())
                    .eventually(() -> vertx.undeploy(deployment)))
        .eventually(() -> Future.succeededFuture(vertx.cancelTimer(sampler)))
        .map(this::result);
  }

  private void warm() {
    cpuBefore = cpu();
    if (drops != null) {
      drops.reset(settings.client().port());
    }
  }

  private boolean isClocked() {
    return settings.duration() != null || settings.shape() == Shape.IDLE;
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

  /** While the sockets are open: what became of the replies that this machine dropped. */
  private Future<Long> dropped() {
    if (drops == null) {
      return Future.succeededFuture(0L);
    }
    return vertx
        .executeBlocking(() -> drops.count(settings.client().port()))
        .onComplete(v -> drops.close());
  }

  private StressResult result(long dropped) {
    long now = System.nanoTime();
    measurements.end(now);
    Map<Fault, Long> faults = measurements.faults();
    // What was dropped here has timed out: it was not the server that lost it.
    long own = Math.min(Math.max(0, dropped), faults.get(Fault.LOST));
    faults.merge(Fault.LOST, -own, Long::sum);
    long origin = started + settings.warmup().toNanos();
    Duration measured = measurements.elapsed();
    Duration clock = Duration.ofNanos(Math.max(0, end() - origin));
    return new StressResult(
        settings,
        startedAt,
        (stopped || endedByClock) && clock.compareTo(measured) > 0 ? clock : measured,
        Duration.ofNanos(Math.max(0, now - origin)),
        measurements.sent(),
        measurements.answered(),
        faults,
        new EnumMap<>(measurements.times()),
        measurements.seconds(),
        neverServed.get(),
        connected,
        measurements.planned(),
        measurements.late(),
        measurements.unsent(),
        measurements.refusals(),
        dropped == StressResult.UNKNOWN ? dropped : own,
        cpu().minus(cpuBefore),
        stopped);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Ends the run: requests at work come to nothing, but are no faults. */
  public void stop() {
    stoppedAt = System.nanoTime();
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

  /** When the last request can have been due: the deadline, or when it was stopped before. */
  long end() {
    return stopped && stoppedAt - deadline < 0 ? stoppedAt : deadline;
  }

  /** The time was over before the requests. */
  void endedByClock() {
    if (!endedByClock) {
      endedByClock = true;
    }
  }

  /** The server, resolved once for all clients. */
  Target target() {
    return target;
  }

  /** Whom the clients trust: read once, the file may be a pipe. */
  Trust trust() {
    return trust;
  }

  /** Where to send datagrams: no other address is tried once one has replied. */
  synchronized InetSocketAddress datagramServer() {
    return target.addresses().get(datagramServer);
  }

  /** Whether there is another address to send to than one that has refused. */
  synchronized boolean hasOtherServer(InetSocketAddress refused) {
    if (connected) {
      return false;
    }
    if (datagramServer().equals(refused) && datagramServer < target.addresses().size() - 1) {
      datagramServer++;
    }
    return !datagramServer().equals(refused);
  }

  ReceiveDrops drops() {
    return drops;
  }

  /** The message of a client's request: they come in turn. */
  Message message(long number) {
    return messages.get((int) (number % messages.size()));
  }

  /** Over UDP, with a tag. */
  int longestReply() {
    String tag = "9".repeat(DatagramLoadClient.MAX_TAG);
    return messages.stream()
        .map(message -> message.tagged(tag, settings.client().service()))
        .mapToInt(message -> message.expected().length())
        .max()
        .orElse(0);
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
    if (!connected) {
      connected = true;
    }
  }

  Refusal couldNotConnect(Throwable cause, boolean handshaking) {
    connectFailure = cause;
    Refusal refusal = Refusal.of(cause, handshaking, connected);
    measurements.refused(refusal);
    return refusal;
  }

  /** A client has failed, which is a fault of ours: the run ends, rather than wait for it. */
  void failed(Throwable cause) {
    allFinished.tryFail(cause);
  }

  void finished() {
    if (unfinished.decrementAndGet() == 0) {
      allFinished.tryComplete();
    }
  }

  /** How many clients were never served, as an event loop reports at its end. */
  void neverServed(int clients) {
    neverServed.addAndGet(clients);
  }
}
