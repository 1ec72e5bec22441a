package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to be seen in the timeline of a run, in sentences that can be checked there. Clients and
 * their requests are counted from 1, as in the picture. An instance is immutable.
 */
public final class Findings {
  // Of the prediction: what differs by more is explained.
  private static final double TOLERANCE = 0.25;
  // Of the usual work on a request: who waits for less hardly waits.
  private static final double HARDLY = 0.1;
  // Of the job: what takes so much longer was slowed down.
  private static final double SLOWED = 1.15;
  private static final double BUSY = 0.8;
  // Of the run: clients that end within so much of each other end together.
  private static final double TOGETHER = 0.05;
  private static final int MOST_NAMED = 5;
  private static final Pattern PROCESSES = Pattern.compile("processes: (\\d+)");

  private final ModelRun run;
  private final Load load;
  private final int processors;
  private final Excerpt excerpt;
  private final List<ServedRequest> shown;
  private final Workers workers;

  /**
   * @param run one that did not fail
   * @param processors of the machine
   */
  public Findings(ModelRun run, Load load, int processors) {
    this.run = run;
    this.load = load;
    this.processors = processors;
    this.excerpt = Excerpt.of(load);
    this.shown = excerpt.of(run.requests());
    this.workers = new Workers(run.requests());
  }

  /** All of them, two to five sentences. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (run.unanswered() > 0) {
      sentences.add(plural(run.unanswered(), "request") + " got no right reply.");
    }
    if (!shown.isEmpty()) {
      sentences.add(service());
      idle().ifPresent(sentences::add);
      sentences.add(waiting());
      sentences.add(spread());
    }
    deviation().ifPresent(why -> sentences.add("It " + why));
    return sentences;
  }

  /**
   * Why the run did not take what was predicted: what a sentence goes on with after the model's
   * name. Empty when it did, within a quarter, or when nothing was predicted.
   */
  public Optional<String> deviation() {
    if (run.predicted() == null || run.requests().isEmpty()) {
      return Optional.empty();
    }
    double ratio = (double) run.wall().toNanos() / run.predicted().toNanos();
    if (Math.abs(ratio - 1) <= TOLERANCE) {
      return Optional.empty();
    }
    String took = "took " + time(run.wall()) + ", ";
    String predicted = time(run.predicted()) + " predicted: ";
    return Optional.of(
        ratio < 1
            ? took + "less than the " + predicted + atOnce() + "."
            : took
                + LabTable.factor(ratio)
                + " times the "
                + predicted
                + delay()
                + processorsUsed()
                + ".");
  }

  /** The most requests that were being served at the same time. */
  int peak() {
    return peak(run.requests());
  }

  private static int peak(List<ServedRequest> requests) {
    TreeMap<Long, Integer> changes = new TreeMap<>();
    for (ServedRequest request : requests) {
      changes.merge(request.started(), 1, Integer::sum);
      changes.merge(request.ended(), -1, Integer::sum);
    }
    int now = 0;
    int peak = 0;
    for (int change : changes.values()) {
      now += change;
      peak = Math.max(peak, now);
    }
    // Work that takes no time at all is work nevertheless.
    return Math.max(peak, requests.isEmpty() ? 0 : 1);
  }

  /** How long at least one request was being served. */
  private long busy() {
    long busy = 0;
    long until = 0;
    for (ServedRequest request : sorted(Comparator.comparingLong(ServedRequest::started))) {
      busy += Math.max(0, request.ended() - Math.max(until, request.started()));
      until = Math.max(until, request.ended());
    }
    return busy;
  }

  private String service() {
    List<String> names = workers.names();
    if (names.size() > 1) {
      return capital(atOnce()) + ".";
    }
    return peak() == 1
        ? String.format(
            Locale.ROOT,
            "A served one request at a time, %s in all, and was at work for %s of the %s.",
            Units.count(run.requests().size()),
            time(busy()),
            time(run.wall()))
        : "A alone served up to " + Units.count(peak()) + " requests at once.";
  }

  /** The server processes that the kernel gave no connection. */
  private Optional<String> idle() {
    Matcher processes = PROCESSES.matcher(run.name());
    int idle = processes.matches() ? Integer.parseInt(processes.group(1)) - served() : 0;
    return idle <= 0
        ? Optional.empty()
        : Optional.of(
            idle
                + " of the "
                + processes.group(1)
                + " processes served nobody: the kernel gave "
                + (idle == 1 ? "it" : "them")
                + " no client.");
  }

  private int served() {
    return (int)
        workers.names().stream()
            .map(name -> name.substring(0, Math.max(0, name.indexOf('/'))))
            .distinct()
            .count();
  }

  private String atOnce() {
    int count = workers.names().size();
    String last = Workers.label(count - 1);
    String by =
        switch (count) {
          case 1 -> "A";
          case 2 -> "A and B";
          default -> Units.count(count) + " workers (A to " + last + ")";
        };
    return peak() == 1
        ? "one request at a time was served, by " + by
        : "up to " + plural(peak(), "request") + " were served at once, by " + by;
  }

  private String waiting() {
    ServedRequest longest =
        shown.stream().max(Comparator.comparingLong(Findings::waited)).orElseThrow();
    if (waited(longest) <= HARDLY * usualWork()) {
      return String.format(
          Locale.ROOT,
          "Nobody%s waited long: %s at most (%s).",
          drawn(),
          time(waited(longest)),
          client(longest));
    }
    return String.format(
        Locale.ROOT,
        "%s waited longest%s: %s with its request %d, %s.",
        capital(client(longest)),
        drawn(),
        time(waited(longest)),
        longest.number() + 1,
        cause(longest));
  }

  /** What a request waited for, as far as the times of its worker tell. */
  private String cause(ServedRequest late) {
    String label = workers.label(late.worker());
    List<ServedRequest> same = servedBy(late.worker());
    if (peak(same) > 1) {
      return "although " + label + " serves several at once";
    }
    ServedRequest before =
        same.stream()
            .filter(request -> request != late && request.ended() <= late.started())
            .max(Comparator.comparingLong(ServedRequest::ended))
            .orElse(null);
    if (before == null) {
      return "until " + label + " began, which had served nobody before";
    }
    long others =
        same.stream()
            .filter(request -> request.ended() > late.sent() && request.ended() <= late.started())
            .count();
    return others == 0
        ? "although " + label + " was serving nobody"
        : others == 1
            ? "while " + label + " served " + client(before)
            : String.format(
                Locale.ROOT, "while %s served %d others, %s last", label, others, client(before));
  }

  /** Which clients were done when, or who served which. */
  String spread() {
    return workers.names().size() == 1 ? order() : shares();
  }

  /** Who was done first and last, when one worker served all. */
  private String order() {
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

  /** How the clients were spread over several workers. */
  private String shares() {
    Map<Integer, Set<String>> servers = new TreeMap<>();
    for (ServedRequest request : run.requests()) {
      servers
          .computeIfAbsent(request.client(), client -> new LinkedHashSet<>())
          .add(workers.label(request.worker()));
    }
    int wanderer =
        servers.keySet().stream()
            .max(
                Comparator.comparing((Integer client) -> servers.get(client).size())
                    .thenComparing(Comparator.reverseOrder()))
            .orElseThrow();
    return servers.get(wanderer).size() == 1
        ? keptShares()
        : String.format(
            Locale.ROOT,
            "The requests of client %d were served by %s: a free worker takes whoever is next.",
            wanderer + 1,
            listed(List.copyOf(servers.get(wanderer))));
  }

  private String keptShares() {
    Map<String, Set<Integer>> clients = new TreeMap<>(Comparator.comparing(workers::number));
    for (ServedRequest request : run.requests()) {
      clients
          .computeIfAbsent(request.worker(), worker -> new LinkedHashSet<>())
          .add(request.client());
    }
    String least = byClients(clients).get(0);
    String most = byClients(clients).get(clients.size() - 1);
    int fewest = clients.get(least).size();
    int greatest = clients.get(most).size();
    if (greatest == 1) {
      return "Each client had a worker of its own.";
    }
    if (greatest == fewest) {
      return String.format(
          Locale.ROOT,
          "Each client kept to its worker, and each worker had %s.",
          plural(greatest, "client"));
    }
    return String.format(
        Locale.ROOT,
        "Each client kept to its worker, but they were dealt unevenly: %s had %s and was done with"
            + " them after %s, %s had %s and was done after %s.",
        workers.label(most),
        plural(greatest, "client"),
        time(done(clients.get(most))),
        workers.label(least),
        plural(fewest, "client"),
        time(done(clients.get(least))));
  }

  private static List<String> byClients(Map<String, Set<Integer>> clients) {
    return clients.keySet().stream()
        .sorted(Comparator.comparing(worker -> clients.get(worker).size()))
        .toList();
  }

  private String delay() {
    if (run.unanswered() > 0) {
      return "clients whose requests got no reply waited in vain";
    }
    long excess = run.wall().toNanos() - run.predicted().toNanos();
    int count = workers.names().size();
    double first = took(run.requests().stream().filter(request -> request.number() == 0));
    double later = took(run.requests().stream().filter(request -> request.number() > 0));
    if (count > load.clients() && count == run.requests().size()) {
      return String.format(
          Locale.ROOT,
          "each request had a worker of its own, and %d had to start on %s",
          count,
          plural(processors, "processor"));
    }
    // Without later requests there is nothing to compare the first with: NaN is not above.
    if (count == load.clients() && first - later > excess / 2.0) {
      return String.format(
              Locale.ROOT,
              "the first request of each client took %s on average, the others %s: %s had to start",
              time(first),
              time(later),
              plural(count, "worker"))
          + " on "
          + plural(processors, "processor");
    }
    double worked = run.requests().stream().mapToLong(Findings::worked).average().orElseThrow();
    if (worked > SLOWED * load.job().millis() * 1e6) {
      return String.format(
          Locale.ROOT, "a job took %s on average, not %d ms", time(worked), load.job().millis());
    }
    ServedRequest late =
        shown.stream().max(Comparator.comparingLong(Findings::waited)).orElseThrow();
    if (waited(late) > excess / 2 && waited(late) > HARDLY * usualWork()) {
      return String.format(
          Locale.ROOT, "%s waited %s, %s", client(late), time(waited(late)), cause(late));
    }
    long idle = run.wall().toNanos() - busy();
    return idle > excess / 2
        ? "for " + time(idle) + " of it nobody was being served"
        : String.format(
            Locale.ROOT,
            "its requests waited %s on average",
            time(run.requests().stream().mapToLong(Findings::waited).average().orElseThrow()));
  }

  private String processorsUsed() {
    double used = run.cpu() == null ? 0 : (double) run.cpu().toNanos() / run.wall().toNanos();
    return used > BUSY * processors
        ? String.format(
            Locale.ROOT, "; the server used %.1f of %s", used, plural(processors, "processor"))
        : "";
  }

  /** The median. */
  private long usualWork() {
    List<ServedRequest> byWork = sorted(Comparator.comparingLong(Findings::worked));
    return worked(byWork.get(byWork.size() / 2));
  }

  /** When each client had its last reply. */
  private Map<Integer, Long> done() {
    return run.requests().stream()
        .collect(
            Collectors.toMap(
                ServedRequest::client, ServedRequest::answered, Math::max, TreeMap::new));
  }

  private long done(Set<Integer> clients) {
    return clients.stream().mapToLong(done()::get).max().orElseThrow();
  }

  private List<ServedRequest> servedBy(String worker) {
    return run.requests().stream().filter(request -> request.worker().equals(worker)).toList();
  }

  private List<ServedRequest> sorted(Comparator<ServedRequest> order) {
    return run.requests().stream().sorted(order).toList();
  }

  private static long waited(ServedRequest request) {
    return request.started() - request.sent();
  }

  private static long worked(ServedRequest request) {
    return request.ended() - request.started();
  }

  /** The mean time from sending to the reply; NaN of none. */
  private static double took(Stream<ServedRequest> requests) {
    return requests
        .mapToLong(request -> request.answered() - request.sent())
        .average()
        .orElse(Double.NaN);
  }

  private static String client(ServedRequest request) {
    return "client " + (request.client() + 1);
  }

  private String drawn() {
    return excerpt.whole() ? "" : " of those drawn";
  }

  /** {@code A, B and C}; of many the first ones. */
  private static String listed(List<String> words) {
    int named = Math.min(words.size() - 1, MOST_NAMED);
    String last = named == words.size() - 1 ? words.get(named) : words.size() - named + " more";
    return String.join(", ", words.subList(0, named)) + " and " + last;
  }

  private static String capital(String sentence) {
    return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
  }
}
