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
 * One run of the load generator: its clients, spread over event loops, and their measurements.
 *
 * <p>Use a run once. {@link #stop} and {@link #progress} may be called from any thread.
 */
public final class StressRun {
  private static final int SAMPLE_MILLIS = 100;
  // Wait after the last reply for duplicate and late ones.
  private static final long STRAGGLER_MILLIS = 200;
  // Time for clients to notice the end.
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
  // Null unless UDP.
  private ReceiveDrops drops;
  // Index of the address to send datagrams to.
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
   * @param vertx has at least as many event loops as the settings
   */
  public StressRun(Vertx vertx, StressSettings settings, RequestListener listener) {
    this.vertx = vertx;
    this.settings = settings;
    this.listener = listener;
    this.messages =
        settings.messages().stream()
            .map(
                text -> Message.of(text, settings.client().protocol(), settings.client().service()))
            .toList();
    this.unfinished = new AtomicInteger(settings.clients());
  }

  /**
   * Runs the load.
   *
   * @return completes when all requests have their reply or have failed: with a duration, at most
   *     the timeout plus about a second after it. If no client can connect, that is a result, not a
   *     failure
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
      vertx.setTimer(settings.warmup().toMillis(), id -> endWarmup());
    }
    if (isClocked()) {
      // A safeguard for overloaded event loops: normally the clients end by themselves.
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

  private void endWarmup() {
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

  /** Counts replies that this machine dropped, while the sockets are still open. */
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
    // Replies dropped here were counted as lost at their timeout, but the server did not lose them.
    long ownDrops = Math.min(Math.max(0, dropped), faults.get(Fault.LOST));
    faults.merge(Fault.LOST, -ownDrops, Long::sum);
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
        dropped == StressResult.UNKNOWN ? dropped : ownDrops,
        cpu().minus(cpuBefore),
        stopped);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Ends the run: requests in flight are abandoned and do not count as faults. */
  public void stop() {
    stoppedAt = System.nanoTime();
    stopped = true;
    allFinished.tryComplete();
  }

  /** The progress, at most 100 ms old. */
  public Progress progress() {
    return progress;
  }

  /** The last failure to connect, or null. */
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

  // The rest is called by the clients.

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

  /** The latest time at which a request can be due: the deadline, or an earlier stop. */
  long end() {
    return stopped && stoppedAt - deadline < 0 ? stoppedAt : deadline;
  }

  /** The run ended by its duration, not its number of requests. */
  void endedByClock() {
    if (!endedByClock) {
      endedByClock = true;
    }
  }

  /** The server, resolved once for all clients. */
  Target target() {
    return target;
  }

  /** What the clients trust; read once, since the file may be a pipe. */
  Trust trust() {
    return trust;
  }

  /** The address to send datagrams to; fixed once a reply has arrived. */
  synchronized InetSocketAddress datagramServer() {
    return target.addresses().get(datagramServer);
  }

  /** Whether there is another address to try after one has refused. */
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

  /** The message of a client's request; messages are used in turn. */
  Message message(long number) {
    return messages.get((int) (number % messages.size()));
  }

  /** Length of the longest reply over UDP, including the tag. */
  int longestReply() {
    String tag = "9".repeat(DatagramLoadClient.MAX_TAG);
    return messages.stream()
        .map(message -> message.tagged(tag, settings.client().service()))
        .mapToInt(message -> message.expected().length())
        .max()
        .orElse(0);
  }

  /** Whether a request due at {@code nanos} counts, that is, after the warm-up. */
  boolean counts(long nanos) {
    return nanos - started >= settings.warmup().toNanos();
  }

  /** Whether the run has ended at {@code nanos}, so nothing may be sent. */
  boolean isOver(long nanos) {
    return stopped || nanos - deadline >= 0;
  }

  boolean isStopped() {
    return stopped;
  }

  void connectSucceeded() {
    if (!connected) {
      connected = true;
    }
  }

  Refusal connectFailed(Throwable cause, boolean handshaking) {
    connectFailure = cause;
    Refusal refusal = Refusal.of(cause, handshaking, connected);
    measurements.refused(refusal);
    return refusal;
  }

  /** A client threw an exception, which is a bug: the run fails. */
  void failed(Throwable cause) {
    allFinished.tryFail(cause);
  }

  void finished() {
    if (unfinished.decrementAndGet() == 0) {
      allFinished.tryComplete();
    }
  }

  /** Adds the number of clients of one event loop that were never served. */
  void neverServed(int clients) {
    neverServed.addAndGet(clients);
  }
}
