package io.upper.lab.report;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What of a run is drawn request by request: all of a small load. Of a large one the first requests
 * of some clients: of the first ones, and of those of the others that waited longest, so that it is
 * seen who waits.
 *
 * @param clients from 0, rising
 * @param first how many of them are the first clients; the rest waited longest
 * @param requests how many requests of each
 * @param whole whether that is all
 */
record Excerpt(List<Integer> clients, int first, int requests, boolean whole) {
  /** In a picture of a page. */
  static final int MAX_CLIENTS = 40;

  private static final int MAX_REQUESTS = 30;
  private static final int MAX_IN_ALL = 600;

  static Excerpt of(ModelRun run, Load load) {
    int requests =
        Math.min(
            load.requests(),
            Math.min(MAX_REQUESTS, MAX_IN_ALL / Math.min(load.clients(), MAX_CLIENTS)));
    return of(run, load, MAX_CLIENTS, requests);
  }

  static Excerpt of(ModelRun run, Load load, int maxClients, int requests) {
    boolean all = load.clients() <= maxClients;
    int first = all ? load.clients() : maxClients - maxClients / 4;
    Map<Integer, Long> waits = new HashMap<>();
    for (ServedRequest request : run.requests()) {
      if (request.number() < requests) {
        waits.merge(request.client(), request.waited(), Math::max);
      }
    }
    Stream<Integer> longest =
        IntStream.range(first, load.clients())
            .boxed()
            .sorted(Comparator.comparing(client -> -waits.getOrDefault(client, 0L)))
            .limit(maxClients - first);
    List<Integer> clients =
        Stream.concat(IntStream.range(0, first).boxed(), longest).sorted().toList();
    return new Excerpt(clients, first, requests, all && requests == load.requests());
  }

  List<ServedRequest> of(List<ServedRequest> all) {
    return all.stream()
        .filter(request -> request.number() < requests && clients.contains(request.client()))
        .toList();
  }
}
