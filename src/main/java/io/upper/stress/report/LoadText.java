package io.upper.stress.report;

import io.upper.client.ClientSettings;
import io.upper.net.Addresses;
import io.upper.report.Units;
import io.upper.stress.Phase;
import io.upper.stress.Shape;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import io.upper.text.Word;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Texts that all reports share: the load, and the names of its figures. */
final class LoadText {

  private LoadText() {}

  /** {@code tcp localhost:2000}. */
  static String target(StressSettings settings) {
    ClientSettings client = settings.client();
    return client.protocol().word() + " " + Addresses.text(client.host(), client.port());
  }

  /** {@code 100 clients, 8 requests each, closed loop, seed 7}. */
  static String load(StressSettings settings) {
    List<String> parts = new ArrayList<>();
    parts.add(Units.plural(settings.clients(), "client"));
    if (settings.requests() > 0) {
      parts.add(Units.plural(settings.requests(), "request") + " each");
    }
    if (settings.duration() != null) {
      parts.add("for " + seconds(settings.duration()));
    }
    parts.add(
        settings.openLoop()
            ? "open loop of "
                + Units.rate(settings.rate())
                + (settings.poisson() ? "/s at random (Poisson)" : "/s")
            : "closed loop");
    if (settings.shape() != Shape.NORMAL) {
      parts.add("shape " + settings.shape().word());
    }
    if (settings.reconnect()) {
      parts.add("a connection for each request");
    }
    if (!settings.ramp().isZero()) {
      parts.add("started over " + seconds(settings.ramp()));
    }
    if (!settings.warmup().isZero()) {
      parts.add("warm-up of " + seconds(settings.warmup()));
    }
    parts.add("seed " + settings.seed());
    return String.join(", ", parts);
  }

  /** The name of a phase; in a closed loop there is nothing to correct. */
  static String name(Phase phase, StressSettings settings) {
    if (!settings.openLoop()) {
      return phase == Phase.CORRECTED ? Phase.REPLY.label() : phase.label();
    }
    return switch (phase) {
      case REPLY -> "raw service time";
      case CORRECTED -> "corrected latency";
      default -> phase.label();
    };
  }

  /** The measured phases; in a closed loop without CORRECTED, which equals REPLY. */
  static List<Phase> phases(StressResult result) {
    List<Phase> phases = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      boolean twice = phase == Phase.CORRECTED && !result.settings().openLoop();
      if (!twice && result.times().get(phase).getTotalCount() > 0) {
        phases.add(phase);
      }
    }
    return phases;
  }

  /** CPU time of the generator per second, in processors. */
  static double processorsUsed(StressResult result) {
    return result.total().isZero()
        ? 0
        : (double) result.generatorCpu().toNanos() / result.total().toNanos();
  }

  /** {@code connecting 34, waiting 1,200}: the counts above 0, in the order of the constants. */
  static <K extends Enum<K> & Word> String counts(Map<K, Long> counts) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey().word() + " " + Units.count(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  static double sentPerSecond(StressResult result) {
    return result.elapsed().isZero() ? 0 : result.sent() * 1e9 / result.elapsed().toNanos();
  }

  /** As on the command line: {@code 10 s}, {@code 1.5 s}. */
  static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString() + " s";
  }
}
