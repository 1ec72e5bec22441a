package io.upper.bench;

import io.upper.bench.Bench.Contestant;
import io.upper.bench.Bench.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The medians of the rounds, and their ratios to the reference: the first peer. */
final class Report {

  private Report() {}

  static void print(Workload workload, List<Contestant> contestants) {
    System.out.printf(
        Locale.ROOT,
        "%n%-22s %10s/s %14s %7s %10s %10s %8s%n",
        workload.word(),
        workload.unit(),
        "cpu us/" + workload.unit(),
        "ratio",
        "p50 us",
        "p99 us",
        "RSS MiB");
    double reference = median(contestants.get(0), Measurement::cpuMicros);
    for (Contestant contestant : contestants) {
      double cpu = median(contestant, Measurement::cpuMicros);
      System.out.printf(
          Locale.ROOT,
          "%-22s %12.0f %14.2f %7.2f %10.0f %10.0f %8.0f%n",
          contestant.peer.word(),
          median(contestant, Measurement::perSecond),
          cpu,
          cpu / reference,
          median(contestant, Measurement::p50Micros),
          median(contestant, Measurement::p99Micros),
          median(contestant, Measurement::residentMiB));
    }
    printChange(contestants);
    System.out.println();
  }

  /** The cost of a change of Upper, if both versions are measured. */
  private static void printChange(List<Contestant> contestants) {
    double[] after = cpu(contestants, Peer.UPPER);
    double[] before = cpu(contestants, Peer.BEFORE);
    if (after != null && before != null) {
      System.out.println("upper / before, cpu: " + PairedRatio.of(after, before));
    }
  }

  /** One figure per round; null if the peer was not measured. */
  private static double[] cpu(List<Contestant> contestants, Peer peer) {
    return contestants.stream()
        .filter(contestant -> contestant.peer == peer)
        .findFirst()
        .map(c -> c.rounds.stream().mapToDouble(Measurement::cpuMicros).toArray())
        .orElse(null);
  }

  private static double median(Contestant contestant, ToDoubleFunction<Measurement> figure) {
    return PairedRatio.median(contestant.rounds.stream().mapToDouble(figure).toArray());
  }
}
