package io.upper.check.course;

import io.upper.check.CheckCase;
import io.upper.check.cases.Cases;
import java.util.Comparator;
import java.util.List;

/**
 * A case that some of the class fail.
 *
 * @param check the case
 * @param names of the submissions that fail it
 */
record Fault(CheckCase check, List<String> names) {

  /** The most frequent first. */
  static List<Fault> of(List<Result> results) {
    return Cases.ALL.stream()
        .map(check -> new Fault(check, names(check, results)))
        .filter(fault -> !fault.names().isEmpty())
        .sorted(Comparator.comparingInt(fault -> -fault.names().size()))
        .toList();
  }

  private static List<String> names(CheckCase check, List<Result> results) {
    return results.stream()
        .filter(result -> result.faults().contains(check.id()))
        .map(result -> result.submission().name())
        .toList();
  }
}
