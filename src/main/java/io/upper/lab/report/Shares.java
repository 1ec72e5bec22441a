package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How the clients were spread over the workers, and who was done when. */
final class Shares {
  // Of the run: clients that end within so much of each other end together.
  private static final double TOGETHER = 0.05;
  private static final int MAX_NAMED = 5;

  private final ModelRun run;
  private final Workers workers;

  /**
   * @param run one with a request at least
   */
  Shares(ModelRun run, Workers workers) {
    this.run = run;
    this.workers = workers;
  }

  /** Who served which clients; of a worker alone, which of them were done when. */
  String sentence() {
    int count = workers.names().size();
    if (count == 1) {
      return order();
    }
    Map<Integer, Set<Integer>> ofClient = new TreeMap<>();
    Map<Integer, Set<Integer>> ofWorker = new TreeMap<>();
    for (ServedRequest request : run.requests()) {
      int worker = workers.number(request.worker());
      ofClient.computeIfAbsent(request.client(), client -> new TreeSet<>()).add(worker);
      ofWorker.computeIfAbsent(worker, w -> new TreeSet<>()).add(request.client());
    }
    int most = largest(ofClient);
    if (count == ofClient.size() && ofClient.get(most).size() == 1) {
      return "Each client had a worker of its own.";
    }
    if (count == run.requests().size()) {
      return "Each request had a worker of its own.";
    }
    if (ofClient.get(most).size() > 1) {
      return String.format(
          Locale.ROOT,
          "The workers took turns: the requests of client %d were served by %s.",
          most + 1,
          listed(ofClient.get(most).stream().map(Workers::label).toList()));
    }
    return kept(ofWorker);
  }

  /** Who was done first and last. */
  String order() {
    Map<Integer, Long> done = done();
    int first = done.keySet().stream().min(Comparator.comparing(done::get)).orElseThrow();
    int last = done.keySet().stream().max(Comparator.comparing(done::get)).orElseThrow();
    return done.get(last) - done.get(first) <= TOGETHER * done.get(last)
        ? "All clients were done at about the same time, after " + time(done.get(last)) + "."
        : String.format(
            Locale.ROOT,
            "Client %d was done first, after %s, client %d last, after %s.",
            first + 1,
            time(done.get(first)),
            last + 1,
            time(done.get(last)));
  }

  private String kept(Map<Integer, Set<Integer>> ofWorker) {
    int most = largest(ofWorker);
    int least =
        ofWorker.keySet().stream()
            .min(Comparator.comparing(worker -> ofWorker.get(worker).size()))
            .orElseThrow();
    // With one request each there is nothing to keep to.
    String kept =
        run.requests().stream().allMatch(request -> request.number() == 0)
            ? "Each client made one request; "
            : "Each client kept to its worker; ";
    int greatest = ofWorker.get(most).size();
    return kept
        + (greatest == ofWorker.get(least).size()
            ? "each worker had " + plural(greatest, "client") + "."
            : String.format(
                Locale.ROOT,
                "they were dealt unevenly: %s had %s, done after %s, %s had %s, done after %s.",
                Workers.label(most),
                plural(greatest, "client"),
                time(done(ofWorker.get(most))),
                Workers.label(least),
                plural(ofWorker.get(least).size(), "client"),
                time(done(ofWorker.get(least)))));
  }

  /** Whose set is largest; the first of several. */
  private static int largest(Map<Integer, Set<Integer>> sets) {
    return sets.keySet().stream()
        .max(
            Comparator.comparing((Integer key) -> sets.get(key).size())
                .thenComparing(Comparator.reverseOrder()))
        .orElseThrow();
  }

  /** When each client had its last reply. */
  private Map<Integer, Long> done() {
    return run.requests().stream()
        .collect(
            Collectors.toMap(
                ServedRequest::client, ServedRequest::answered, Math::max, TreeMap::new));
  }

  private long done(Set<Integer> clients) {
    Map<Integer, Long> done = done();
    return clients.stream().mapToLong(done::get).max().orElseThrow();
  }

  /** {@code A, B and C}; of many the first ones. */
  private static String listed(List<String> words) {
    int named = Math.min(words.size() - 1, MAX_NAMED);
    String last = named == words.size() - 1 ? words.get(named) : words.size() - named + " more";
    return String.join(", ", words.subList(0, named)) + " and " + last;
  }
}
