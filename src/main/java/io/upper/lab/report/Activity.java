package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** How much was going on at once. */
final class Activity {

  private Activity() {}

  /** The most of them that were being served at the same time. */
  static int peak(List<ServedRequest> requests) {
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

  /** How long at least one of them was being served, in nanoseconds. */
  static long busy(List<ServedRequest> requests) {
    long busy = 0;
    long until = 0;
    for (ServedRequest request :
        requests.stream().sorted(Comparator.comparingLong(ServedRequest::started)).toList()) {
      busy += Math.max(0, request.ended() - Math.max(until, request.started()));
      until = Math.max(until, request.ended());
    }
    return busy;
  }
}
