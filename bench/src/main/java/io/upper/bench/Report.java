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
    System.out.println();
  }

  private static double median(Contestant contestant, ToDoubleFunction<Measurement> figure) {
    double[] sorted = contestant.rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
