package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Short labels for those who served a run: A, B, … Z, AA, AB, … in the order in which they began.
 */
public final class Workers {
  private static final int LETTERS = 26;

  // The workers' numbers, from 0, in their order.
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  public Workers(List<ServedRequest> requests) {
    requests.stream()
        .sorted(Comparator.comparingLong(ServedRequest::started))
        .forEach(request -> numbers.putIfAbsent(request.worker(), numbers.size()));
  }

  /** How they are called in the requests, in the order of their labels. */
  public List<String> names() {
    return List.copyOf(numbers.keySet());
  }

  /** The place of a worker of the run, from 0. */
  public int number(String name) {
    return numbers.get(name);
  }

  /** The label of a worker of the run. */
  public String label(String name) {
    return label(number(name));
  }

  static String label(int number) {
    String last = String.valueOf((char) ('A' + number % LETTERS));
    return number < LETTERS ? last : label(number / LETTERS - 1) + last;
  }
}
