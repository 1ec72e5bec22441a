package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The threads of a {@link ChromeTrace}'s process: one for each worker, and further ones for a
 * worker that serves several requests at once, so that slices of a thread never overlap.
 */
final class TraceThreads {
  private final int firstId;
  private final List<String> names = new ArrayList<>();
  // By the places of the requests in their list: indices of names.
  private final int[] ofRequest;

  /** A thread that is taken until then. */
  private record Taken(long until, int number) {}

  /** The threads of one worker. */
  private static final class Pool {
    final PriorityQueue<Taken> taken = new PriorityQueue<>(Comparator.comparingLong(Taken::until));
    final PriorityQueue<Integer> free = new PriorityQueue<>();

    /** Takes the first thread that is free then; a new one if there is none. */
    int take(long from, long until) {
      while (!taken.isEmpty() && taken.peek().until <= from) {
        free.add(taken.poll().number);
      }
      int number = free.isEmpty() ? taken.size() : free.poll();
      taken.add(new Taken(until, number));
      return number;
    }

    int size() {
      return taken.size() + free.size();
    }
  }

  /**
   * @param firstId id of the first thread; the others follow
   */
  TraceThreads(List<ServedRequest> requests, int firstId) {
    this.firstId = firstId;
    Map<String, Pool> pools = new HashMap<>();
    int[] number = new int[requests.size()];
    IntStream.range(0, requests.size())
        .boxed()
        .sorted(
            Comparator.comparingLong((Integer place) -> requests.get(place).assigned())
                .thenComparingLong(place -> requests.get(place).ended()))
        .forEach(
            place -> {
              ServedRequest request = requests.get(place);
              number[place] =
                  pools
                      .computeIfAbsent(request.worker(), worker -> new Pool())
                      .take(request.assigned(), request.ended());
            });
    Map<String, Integer> first = new HashMap<>();
    Workers workers = new Workers(requests);
    for (String worker : workers.names()) {
      first.put(worker, names.size());
      for (int i = 0; i < pools.get(worker).size(); i++) {
        names.add(name(workers.label(worker), worker, i));
      }
    }
    this.ofRequest =
        IntStream.range(0, requests.size())
            .map(place -> first.get(requests.get(place).worker()) + number[place])
            .toArray();
  }

  private static String name(String label, String worker, int number) {
    String name = label + ": " + worker;
    return number == 0 ? name : name + " (" + (number + 1) + " at once)";
  }

  /** By number, from 0. */
  List<String> names() {
    return names;
  }

  /** The id of a thread, by its number. */
  int id(int number) {
    return firstId + number;
  }

  /** The id of the thread that serves a request, by the request's place in the list. */
  int ofRequest(int place) {
    return id(ofRequest[place]);
  }
}
