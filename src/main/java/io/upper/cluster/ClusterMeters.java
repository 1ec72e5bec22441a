package io.upper.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The metrics of a gateway; docs/cluster.md explains each of them. Thread-safe. */
public final class ClusterMeters implements ClusterObserver {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final AtomicInteger nodes = new AtomicInteger();
  private final Map<Retry, Counter> retries = new EnumMap<>(Retry.class);
  private final Counter dropped;
  private final Map<String, Node> byName = new ConcurrentHashMap<>();

  /** The meters of one node. */
  private record Node(AtomicInteger inFlight, Gauge gauge, Timer latency) {}

  public ClusterMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("upper.cluster.nodes", nodes, AtomicInteger::get)
        .description("Job nodes that get jobs")
        .register(registry);
    for (Retry reason : Retry.values()) {
      retries.put(
          reason,
          Counter.builder("upper.cluster.retries")
              .description("Jobs sent to another node")
              .tag("reason", reason.word())
              .register(registry));
    }
    dropped =
        Counter.builder("upper.cluster.duplicates")
            .description("Replies dropped, since another was first or nobody waits")
            .register(registry);
  }

  private Node node(String name) {
    return byName.computeIfAbsent(name, this::newNode);
  }

  private Node newNode(String name) {
    AtomicInteger inFlight = new AtomicInteger();
    return new Node(
        inFlight,
        Gauge.builder("upper.cluster.jobs.in.flight", inFlight, AtomicInteger::get)
            .description("Jobs at a node")
            .tag("node", name)
            .register(registry),
        Timer.builder("upper.cluster.job")
            .description("Time from sending a job to its reply")
            .tag("node", name)
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
  }

  @Override
  public void nodes(int nodes) {
    this.nodes.set(nodes);
  }

  @Override
  public void inFlight(String node, int jobs) {
    node(node).inFlight.set(jobs);
  }

  @Override
  public void gone(String name) {
    Node node = byName.remove(name);
    if (node != null) {
      registry.remove(node.gauge);
      registry.remove(node.latency);
    }
  }

  @Override
  public void served(String node, long nanos) {
    node(node).latency.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void retried(Retry reason) {
    retries.get(reason).increment();
  }

  @Override
  public void dropped() {
    dropped.increment();
  }
}
