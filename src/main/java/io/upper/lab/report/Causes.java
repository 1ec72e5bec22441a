package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the requests of a run waited for, as far as the times of the workers tell. Immutable. */
final class Causes {

  /** How a wait came about. */
  enum Kind {
    /** Its worker served others. */
    QUEUE,
    /** Its worker was serving nobody. */
    IDLE,
    /** Its worker serves several at once. */
    SHARED,
    /** Its worker had served nobody before; the end of another request may have made room. */
    AFTER,
    /** Its worker had served nobody before. */
    FIRST
  }

  /**
   * The cause of a wait.
   *
   * @param requests of {@code QUEUE}: how many its worker finished meanwhile
   * @param last of {@code QUEUE} and {@code AFTER}: the last of the requests waited for; else null
   */
  record Cause(Kind kind, int requests, ServedRequest last) {
    private static Cause of(Kind kind) {
      return new Cause(kind, 0, null);
    }
  }

  private final List<ServedRequest> all;
  private final Map<String, List<ServedRequest>> byWorker = new HashMap<>();
  private final Set<String> shared = new HashSet<>();

  Causes(List<ServedRequest> requests) {
    this.all = byEnd(requests);
    Map<String, List<ServedRequest>> grouped =
        requests.stream().collect(Collectors.groupingBy(ServedRequest::worker));
    grouped.forEach(
        (worker, served) -> {
          byWorker.put(worker, byEnd(served));
          if (Activity.peak(served) > 1) {
            shared.add(worker);
          }
        });
  }

  private static List<ServedRequest> byEnd(List<ServedRequest> requests) {
    return requests.stream().sorted(Comparator.comparingLong(ServedRequest::ended)).toList();
  }

  /** Why a request of the run waited for its worker, if it did. */
  Cause of(ServedRequest late) {
    if (shared.contains(late.worker())) {
      return Cause.of(Kind.SHARED);
    }
    List<ServedRequest> same = byWorker.get(late.worker());
    int last = lastBefore(late, same);
    if (last < 0) {
      int other = lastBefore(late, all);
      return other < 0 || all.get(other).ended() <= late.sent()
          ? Cause.of(Kind.FIRST)
          : new Cause(Kind.AFTER, 0, all.get(other));
    }
    int requests = endedBy(late.assigned(), same) - endedBy(late.sent(), same);
    if (late.ended() <= late.assigned() && late.ended() > late.sent()) {
      requests--; // It took no time, and is no cause of its own waiting.
    }
    return requests == 0 ? Cause.of(Kind.IDLE) : new Cause(Kind.QUEUE, requests, same.get(last));
  }

  /** The place of the request that ended last before another one had its worker; -1 for none. */
  private static int lastBefore(ServedRequest late, List<ServedRequest> byEnd) {
    int last = endedBy(late.assigned(), byEnd) - 1;
    return last >= 0 && byEnd.get(last) == late ? last - 1 : last;
  }

  /** How many have ended by then. */
  private static int endedBy(long time, List<ServedRequest> byEnd) {
    int low = 0;
    int high = byEnd.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (byEnd.get(middle).ended() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
