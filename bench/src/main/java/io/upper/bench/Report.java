package io.upper.bench;

import io.upper.bench.Bench.Contestant;
import io.upper.bench.Bench.Measurement;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The medians of the rounds, and their ratios to the reference: the first peer. */
final class Report {

  private Report() {}

  /**
   * @param others the share of the processors that other programs used meanwhile
   */
  static void print(Workload workload, List<Contestant> contestants, double others) {
    System.out.printf(
        Locale.ROOT,
        "%n%-22s %10s/s %14s %38s %10s %10s %8s%n",
        workload.word(),
        workload.unit(),
        "cpu us/" + workload.unit(),
        "to " + contestants.get(0).peer.word() + " (95 %)",
        "p50 us",
        "p99 us",
        "RSS MiB");
    double[] reference = cpu(contestants.get(0));
    for (Contestant contestant : contestants) {
      System.out.printf(
          Locale.ROOT,
          "%-22s %12.0f %14.2f %38s %10.0f %10.0f %8.0f%n",
          contestant.peer.word(),
          median(contestant, Measurement::perSecond),
          median(contestant, Measurement::cpuMicros),
          contestant == contestants.get(0) ? "" : PairedRatio.of(cpu(contestant), reference),
          median(contestant, Measurement::p50Micros),
          median(contestant, Measurement::p99Micros),
          median(contestant, Measurement::residentMiB));
    }
    printRatio(contestants, Peer.BEFORE);
    printRatio(contestants, Peer.C);
    System.out.printf(Locale.ROOT, "other programs used %.0f %% of the processors%n", others * 100);
    System.out.println();
  }

  /** The cost of Upper compared with another peer's, if both are measured. */
  private static void printRatio(List<Contestant> contestants, Peer peer) {
    double[] upper = cpu(contestants, Peer.UPPER);
    double[] other = cpu(contestants, peer);
    if (upper != null && other != null) {
      System.out.println("upper / " + peer.word() + ", cpu: " + PairedRatio.of(upper, other));
    }
  }

  /** One figure per round; null if the peer was not measured. */
  private static double[] cpu(List<Contestant> contestants, Peer peer) {
    return contestants.stream()
        .filter(contestant -> contestant.peer == peer)
        .findFirst()
        .map(Report::cpu)
        .orElse(null);
  }

  static double[] cpu(Contestant contestant) {
    return contestant.rounds.stream().mapToDouble(Measurement::cpuMicros).toArray();
  }

  private static double median(Contestant contestant, ToDoubleFunction<Measurement> figure) {
    return PairedRatio.median(contestant.rounds.stream().mapToDouble(figure).toArray());
  }
}
