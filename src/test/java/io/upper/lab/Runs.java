package io.upper.lab;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.report.Provenance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Runs made by hand, whose every figure is known: a queue, workers that serve one request at a
 * time, and clients that send as soon as they have their reply.
 */
public final class Runs {
  public static final long MILLI = 1_000_000;
  public static final Provenance PROVENANCE =
      new Provenance(
          "upper lab --clients 3",
          "1.0.0",
          "17.0.15",
          "5.2.3",
          "4.2.18.Final",
          "Linux 6.1",
          "amd64",
          2);
  public static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.678901234Z");

  private final Load load;
  private Duration predicted;
  private String arithmetic = "by hand";

  private Runs(Load load) {
    this.load = load;
  }

  public static Load load(int clients, int requests, int millis) {
    return new Load(Protocol.TCP, clients, requests, new Job(Job.Kind.SLEEP, millis), 7);
  }

  public static Runs of(Load load) {
    return new Runs(load);
  }

  public static LabResult result(Load load, ModelRun... runs) {
    return new LabResult(PROVENANCE, STARTED, load, Arrays.asList(runs), List.of());
  }

  public static ModelRun failed(String name, String failure) {
    return new ModelRun(name, null, null, null, null, List.of(), 0, null, 0, failure);
  }

  public Runs predicted(Duration predicted, String arithmetic) {
    this.predicted = predicted;
    this.arithmetic = arithmetic;
    return this;
  }

  /** One event loop that is blocked by each job. */
  public ModelRun iterative() {
    return run(
        "iterative", "1 event loop", queue(1, client -> 0, i -> "vert.x-eventloop-thread-0"));
  }

  /** One event loop that serves all at once. */
  public ModelRun eventLoop() {
    return run(
        "event-loop",
        "1 event loop",
        queue(load.clients(), client -> client, i -> "vert.x-eventloop-thread-0"));
  }

  /** Any free one of some threads. */
  public ModelRun pool(int workers) {
    return run(
        "worker-pool", workers + " threads", queue(workers, null, i -> "upper-worker-3-" + i));
  }

  /** Each client keeps to the process that it was given. */
  public ModelRun processes(int processes, IntUnaryOperator ofClient) {
    return run(
        "processes: " + processes,
        processes + " processes",
        queue(processes, ofClient, i -> "process " + (i + 1) + "/vert.x-eventloop-thread-0"));
  }

  /** Each client keeps to a child of its own, started for it; so many may be there at once. */
  public ModelRun children(int places, long startNanos) {
    long job = load.job().millis() * MILLI;
    long[] free = new long[places];
    List<ServedRequest> served = new ArrayList<>();
    for (int client = 0; client < load.clients(); client++) {
      int place = earliest(free);
      long assigned = free[place];
      long sent = 0;
      for (int number = 0; number < load.requests(); number++) {
        long started = number == 0 ? assigned + startNanos : sent;
        long ended = started + job;
        served.add(
            new ServedRequest(
                client,
                number,
                sent,
                number == 0 ? assigned : sent,
                started,
                ended,
                ended,
                "process " + (4_000 + client)));
        sent = ended;
      }
      free[place] = sent;
    }
    return run("process-per-connection", load.clients() + " processes", served);
  }

  /** The same with all times so many times as long, and a reply on its way for as much. */
  public static ModelRun stretched(ModelRun run, double times) {
    List<ServedRequest> requests =
        run.requests().stream()
            .map(
                r ->
                    new ServedRequest(
                        r.client(),
                        r.number(),
                        (long) (r.sent() * times),
                        (long) (r.assigned() * times),
                        (long) (r.started() * times),
                        (long) (r.ended() * times) - 1_234,
                        (long) (r.answered() * times),
                        r.worker()))
            .toList();
    long end = requests.stream().mapToLong(ServedRequest::answered).max().orElse(1);
    return new ModelRun(
        run.name(),
        run.workers(),
        run.predicted(),
        run.arithmetic(),
        Duration.ofNanos(end),
        requests,
        run.unanswered(),
        run.cpu(),
        run.resident(),
        null);
  }

  /** A run of any requests. */
  public ModelRun run(String name, String workers, List<ServedRequest> requests) {
    long end = requests.stream().mapToLong(ServedRequest::answered).max().orElse(1);
    return new ModelRun(
        name,
        workers,
        predicted,
        arithmetic,
        Duration.ofNanos(end),
        requests,
        load.clients() * load.requests() - requests.size(),
        Duration.ofMillis(120),
        50 << 20,
        null);
  }

  /** In the order of the clients and their requests. */
  private List<ServedRequest> queue(
      int workers, IntUnaryOperator ofClient, IntFunction<String> name) {
    long job = load.job().millis() * MILLI;
    long[] free = new long[workers];
    long[] sent = new long[load.clients()];
    int[] number = new int[load.clients()];
    // Of those that send at the same time, who was served earlier is first.
    int[] turn = new int[load.clients()];
    List<ServedRequest> served = new ArrayList<>();
    for (int i = 0; i < load.clients() * load.requests(); i++) {
      int client = -1;
      for (int c = 0; c < load.clients(); c++) {
        if (number[c] < load.requests()
            && (client < 0
                || sent[c] < sent[client]
                || sent[c] == sent[client] && turn[c] < turn[client])) {
          client = c;
        }
      }
      turn[client] = i + 1;
      int worker = ofClient == null ? earliest(free) : ofClient.applyAsInt(client);
      long started = Math.max(sent[client], free[worker]);
      long ended = started + job;
      served.add(
          new ServedRequest(
              client, number[client]++, sent[client], started, ended, ended, name.apply(worker)));
      free[worker] = ended;
      sent[client] = ended;
    }
    served.sort(
        Comparator.comparingInt(ServedRequest::client).thenComparingInt(ServedRequest::number));
    return served;
  }

  private static int earliest(long[] free) {
    int first = 0;
    for (int i = 1; i < free.length; i++) {
      if (free[i] < free[first]) {
        first = i;
      }
    }
    return first;
  }
}
