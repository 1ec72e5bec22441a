package io.upper.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.upper.server.ServerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of the servers; docs/operations.md explains each of them.
 *
 * <p>To add a counter: a field, a line and an increment in {@link Counters}, and a row in
 * docs/operations.md, with which {@code AdminVerticleTest} compares. For a new kind of event, add a
 * method to {@link ServerMetrics.Loop}.
 */
final class ServerMeters implements ServerMetrics {
  private static final String CERTIFICATE = "upper.certificate.remaining";
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  // Those that an engine may agree on; "-" is the JDK's.
  private static final Set<String> GROUPS =
      Set.of("X25519MLKEM768", "X25519", "P-256", "P-384", "P-521", "-");

  private final MeterRegistry registry;
  private final Map<String, Counters> loops = new ConcurrentHashMap<>();
  private final Map<String, EventLoopLag> lags = new ConcurrentHashMap<>();
  private final Map<Protocol, RequestObserver> requests = new ConcurrentHashMap<>();
  private volatile Certificate certificate;

  private record Certificate(Object server, Instant notAfter) {}

  ServerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Loop loop(Protocol server) {
    String loop = nameOfThisLoop();
    lags.computeIfAbsent(loop, this::watch);
    return loops.computeIfAbsent(
        server.word() + " " + loop, key -> new Counters(registry, server, loop));
  }

  /** The last part of its thread's name: {@code 3} of {@code vert.x-eventloop-thread-3}. */
  private static String nameOfThisLoop() {
    String thread = Thread.currentThread().getName();
    return thread.substring(thread.lastIndexOf('-') + 1);
  }

  private EventLoopLag watch(String loop) {
    ContextInternal context = (ContextInternal) Vertx.currentContext();
    Timer lag =
        histogram("upper.event.loop.lag", "Delay of timers on the event loop", "loop", loop);
    return EventLoopLag.watch(context.nettyEventLoop(), lag);
  }

  private Timer histogram(String name, String description, String label, String value) {
    return Timer.builder(name)
        .description(description)
        .tag(label, value)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  @Override
  public RequestObserver observer(Protocol server) {
    return requests.computeIfAbsent(server, this::newObserver);
  }

  private RequestObserver newObserver(Protocol server) {
    Timer queue =
        histogram(
            "upper.request.queue",
            "Time from reading a request to starting its work",
            "server",
            server.word());
    Timer work =
        histogram(
            "upper.request.job",
            "Time from starting the work on a request to its reply",
            "server",
            server.word());
    return (client, worker, bytes, arrived, started, ended) -> {
      queue.record(started - arrived, TimeUnit.NANOSECONDS);
      work.record(ended - started, TimeUnit.NANOSECONDS);
    };
  }

  @Override
  public void rejected(Protocol server, String reason, int count) {
    Counter.Builder counter =
        server == Protocol.UDP
            ? Counter.builder("upper.datagrams.dropped").description("Datagrams without a reply")
            : Counter.builder("upper.connections.refused").description("Connections rejected");
    counter.tags("server", server.word(), "reason", reason).register(registry).increment(count);
  }

  @Override
  public void handshake(Protocol server, String version, String group) {
    Counter.builder("upper.handshakes")
        .description("Completed TLS handshakes")
        .tag("server", server.word())
        .tags("version", version, "group", GROUPS.contains(group) ? group : "other")
        .register(registry)
        .increment();
  }

  @Override
  public void handshakeFailed(Protocol server, String cause, int count) {
    Counter.builder("upper.handshakes.failed")
        .description("Failed TLS handshakes and PROXY headers")
        .tags("server", server.word(), "cause", cause)
        .register(registry)
        .increment(count);
  }

  @Override
  public synchronized void certificate(Object server, Instant notAfter) {
    if (notAfter != null) {
      if (certificate == null) { // Otherwise its gauge is there, and reads the new one.
        TimeGauge.builder(CERTIFICATE, this, TimeUnit.SECONDS, ServerMeters::remainingSeconds)
            .description("Time until the certificate of the TLS server expires")
            .register(registry);
      }
      certificate = new Certificate(server, notAfter);
    } else if (certificate != null
        && certificate.server == server) { // Not replaced by another server's.
      registry.find(CERTIFICATE).meters().forEach(registry::remove);
      certificate = null;
    }
  }

  private double remainingSeconds() {
    Certificate current = certificate;
    return current == null
        ? Double.NaN
        : Duration.between(Instant.now(), current.notAfter).toMillis() / 1_000.0;
  }

  /** The counters of one server on one event loop. */
  private static final class Counters implements Loop {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    private final MeterRegistry registry;
    private final String[] labels;

    Counters(MeterRegistry registry, Protocol server, String loop) {
      this.registry = registry;
      this.labels = new String[] {"server", server.word(), "loop", loop};
      if (server != Protocol.UDP) {
        Gauge.builder("upper.connections.open", this, c -> c.accepted.sum() - c.closed.sum())
            .description("Connections being served")
            .tags(labels)
            .register(registry);
        counter("upper.connections.accepted", null, "Connections served", c -> c.accepted.sum());
      }
      counter("upper.requests", null, "Requests read", c -> c.requests.sum());
      counter("upper.received", "bytes", "Bytes of requests", c -> c.received.sum());
      counter("upper.sent", "bytes", "Bytes of replies", c -> c.sent.sum());
    }

    private void counter(
        String name, String unit, String description, ToDoubleFunction<Counters> value) {
      FunctionCounter.builder(name, this, value)
          .baseUnit(unit)
          .description(description)
          .tags(labels)
          .register(registry);
    }

    @Override
    public void opened() {
      accepted.increment();
    }

    @Override
    public void closed() {
      closed.increment();
    }

    @Override
    public void received(int bytes) {
      requests.increment();
      received.add(bytes);
    }

    @Override
    public void sent(int bytes) {
      sent.add(bytes);
    }
  }
}
