package io.upper.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.upper.jvm.ResidentMemory;
import io.upper.server.ServerMetrics;
import io.vertx.core.Handler;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.PrometheusRequestHandler;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** All metrics of a process: of its servers, of the JVM, and of Vert.x and Netty. */
final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ServerMeters servers = new ServerMeters(registry);

  Metrics() {
    Stream.of(
            new JvmMemoryMetrics(),
            new JvmGcMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics())
        .forEach(binder -> binder.bindTo(registry));
    long self = ProcessHandle.current().pid();
    if (ResidentMemory.of(self).isPresent()) {
      Gauge.builder("process.resident.memory", () -> residentMemory(self))
          .baseUnit("bytes")
          .description("Memory of the process that is in RAM")
          .register(registry);
    }
  }

  private static double residentMemory(long pid) {
    OptionalLong bytes = ResidentMemory.of(pid);
    return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
  }

  /**
   * Enables metrics in a Vert.x instance that is not built yet.
   *
   * <p>Of Vert.x's own metrics only those of worker pools are enabled: its socket metrics repeat
   * the bytes that {@link ServerMeters} counts, but have neither requests nor a label for the event
   * loop.
   */
  VertxBuilder measure(VertxOptions options, VertxBuilder builder) {
    MicrometerMetricsOptions metrics = new MicrometerMetricsOptions().setEnabled(true);
    EnumSet.complementOf(EnumSet.of(MetricsDomain.NAMED_POOLS))
        .forEach(metrics::addDisabledMetricsCategory);
    options.setMetricsOptions(metrics);
    return builder.withMetrics(new MicrometerMetricsFactory(registry));
  }

  // Of the type that AdminVerticle's method has: otherwise the verifier would load both there.
  MeterRegistry registry() {
    return registry;
  }

  ServerMetrics servers() {
    return servers;
  }

  /** Replies with all metrics, in the Prometheus text format. */
  Handler<HttpServerRequest> scrape() {
    return PrometheusRequestHandler.create(registry);
  }
}
