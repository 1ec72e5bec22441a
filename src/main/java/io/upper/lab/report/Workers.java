package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Short labels for those who served a run: A, B, … Z, AA, AB, … in the order in which they began.
 */
final class Workers {
  private static final int LETTERS = 26;

  // The workers' numbers, from 0, in their order.
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  Workers(List<ServedRequest> requests) {
    requests.stream()
        .sorted(Comparator.comparingLong(ServedRequest::started))
        .forEach(request -> numbers.putIfAbsent(request.worker(), numbers.size()));
  }

  /** How they are called in the requests, in the order of their labels. */
  List<String> names() {
    return List.copyOf(numbers.keySet());
  }

  /** The place of a worker of the run, from 0. */
  int number(String name) {
    return numbers.get(name);
  }

  /** The label of a worker of the run. */
  String label(String name) {
    return label(number(name));
  }

  /** The most of them that were there at once, each from its first request to its last. */
  static int mostAlive(List<ServedRequest> requests) {
    Map<String, long[]> lives = new HashMap<>();
    for (ServedRequest request : requests) {
      lives.merge(
          request.worker(),
          new long[] {request.assigned(), request.ended()},
          (a, b) -> new long[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])});
    }
    return (int)
        lives.values().stream()
            .mapToLong(
                life ->
                    lives.values().stream()
                        .filter(other -> other[0] <= life[0] && life[0] < other[1])
                        .count())
            .max()
            .orElse(0);
  }

  static String label(int number) {
    String last = String.valueOf((char) ('A' + number % LETTERS));
    return number < LETTERS ? last : label(number / LETTERS - 1) + last;
  }
}
