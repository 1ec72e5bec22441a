package io.upper.stress.report;

import io.upper.client.ClientSettings;
import io.upper.report.Provenance;
import io.upper.service.ConfiguredService;
import io.upper.stress.Delay;
import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import io.upper.text.Word;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The JSON report. docs/stress.md documents its schema, which a test compares. Times are in
 * nanoseconds unless the key names another unit.
 */
public final class JsonReport {
  /** Incremented when a key is removed or changes its meaning, not when one is added. */
  private static final String SCHEMA = "upper-stress/1";

  private static final List<String> PERCENTILES = List.of("50", "75", "90", "99", "99.9", "99.99");

  private JsonReport() {}

  /** The whole report. */
  public static JsonObject of(StressResult result, Provenance provenance) {
    return provenance
        .json(SCHEMA)
        .put("seed", result.settings().seed())
        .put("started", result.started())
        .put("elapsed", result.elapsed().toNanos())
        .put("total", result.total().toNanos())
        .put("interrupted", result.interrupted())
        .put("connected", result.connected())
        .put("settings", settings(result.settings()))
        .put("requests", requests(result))
        .put("delays", delays(result))
        .put("faults", counts(result.faults()))
        .put("refusals", counts(result.refusals()))
        .put(
            "rate",
            new JsonObject()
                .put("sentPerSecond", LoadText.sentPerSecond(result))
                .put("answeredPerSecond", result.throughput()))
        .put("generator", generator(result))
        .put("neverServed", result.neverServed())
        .put("phases", phases(result))
        .put("seconds", seconds(result));
  }

  /** The key of a phase: {@code first-byte}. */
  static String key(Phase phase) {
    return phase.label().replace(' ', '-');
  }

  private static JsonObject settings(StressSettings settings) {
    ClientSettings client = settings.client();
    LongSummaryStatistics sizes =
        settings.messages().stream()
            .mapToLong(message -> message.getBytes(StandardCharsets.UTF_8).length)
            .summaryStatistics();
    // First, so that a setting of a service cannot replace one of ours.
    return service(client.service())
        .put("protocol", client.protocol().word())
        .put("host", client.host())
        .put("port", client.port())
        .put("insecure", client.insecure())
        .put("clients", settings.clients())
        .put("requests", settings.requests())
        .put("durationSeconds", seconds(settings.duration()))
        .put("messages", settings.messages().size())
        .put("messageBytesMin", sizes.getMin())
        .put("messageBytesMax", sizes.getMax())
        .put("reconnect", settings.reconnect())
        .put("rampSeconds", seconds(settings.ramp()))
        .put("rate", settings.rate())
        .put("poisson", settings.poisson())
        .put("warmupSeconds", seconds(settings.warmup()))
        .put("timeoutSeconds", seconds(settings.timeout()))
        .put("shape", settings.shape().word())
        .put("eventLoops", settings.eventLoops());
  }

  /** The service's name and its settings. */
  private static JsonObject service(ConfiguredService service) {
    JsonObject json = new JsonObject().put("service", service.factory().word());
    service.settings().forEach((name, value) -> json.put(name, value.toString()));
    return json;
  }

  private static Double seconds(Duration duration) {
    return duration == null ? null : duration.toNanos() / 1e9;
  }

  private static JsonObject requests(StressResult result) {
    return new JsonObject()
        .put("planned", result.planned())
        .put("missed", result.missed())
        .put("unsent", result.allUnsent())
        .put("sent", result.sent())
        .put("answered", result.answered())
        .put("errors", result.errors());
  }

  private static JsonObject delays(StressResult result) {
    JsonObject delays = new JsonObject();
    for (Delay reason : Delay.values()) {
      delays.put(
          reason.word(),
          new JsonObject()
              .put("late", result.late().get(reason))
              .put("unsent", result.unsent().get(reason)));
    }
    return delays;
  }

  private static JsonObject counts(Map<? extends Word, Long> counts) {
    JsonObject json = new JsonObject();
    counts.forEach((word, count) -> json.put(word.word(), count));
    return json;
  }

  private static JsonObject generator(StressResult result) {
    return new JsonObject()
        .put("cpu", result.generatorCpu().toNanos())
        .put("processorsUsed", LoadText.processorsUsed(result))
        .put("droppedReplies", result.dropped() == StressResult.UNKNOWN ? null : result.dropped());
  }

  private static JsonObject phases(StressResult result) {
    JsonObject phases = new JsonObject();
    for (Phase phase : Phase.values()) {
      phases.put(key(phase), phase(result.times().get(phase)));
    }
    return phases;
  }

  private static JsonObject phase(Histogram times) {
    boolean any = times.getTotalCount() > 0;
    JsonObject phase =
        new JsonObject()
            .put("count", times.getTotalCount())
            .put("min", any ? times.getMinValue() : null)
            .put("mean", any ? times.getMean() : null)
            .put("stddev", any ? times.getStdDeviation() : null);
    for (String percentile : PERCENTILES) {
      long value = times.getValueAtPercentile(Double.parseDouble(percentile));
      phase.put("p" + percentile, any ? value : null);
    }
    return phase.put("max", any ? times.getMaxValue() : null).put("histogram", encoded(times));
  }

  /** For {@link Histogram#decodeFromCompressedByteBuffer}, in Base64. */
  private static String encoded(Histogram times) {
    ByteBuffer buffer = ByteBuffer.allocate(times.getNeededByteBufferCapacity());
    int length = times.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  private static JsonArray seconds(StressResult result) {
    JsonArray seconds = new JsonArray();
    for (StressResult.Second second : result.seconds()) {
      boolean any = second.answered() > 0;
      seconds.add(
          new JsonObject()
              .put("second", second.number())
              .put("nanos", result.length(second).toNanos())
              .put("sent", second.sent())
              .put("answered", second.answered())
              .put("faults", second.faults())
              .put("p50", any ? second.p50() : null)
              .put("p99", any ? second.p99() : null)
              .put("max", any ? second.max() : null));
    }
    return seconds;
  }
}
