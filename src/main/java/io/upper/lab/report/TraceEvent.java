package io.upper.lab.report;

import io.upper.lab.ServedRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * An event of a {@link ChromeTrace}.
 *
 * @param at nanoseconds since the first request was sent
 * @param order among those of the same time: what ends makes room for what begins
 * @param thread 0 for a counter
 * @param id of its request, for asynchronous events; {@link #NO_ID} for others
 * @param request the one that an asynchronous slice is about; null for its phases, and for others
 * @param count of a counter
 */
record TraceEvent(
    long at,
    Order order,
    Phase phase,
    String name,
    int thread,
    long id,
    ServedRequest request,
    long count) {
  static final long NO_ID = 0;

  /** The kinds of events, by their letters in the format. */
  enum Phase {
    BEGIN('B'),
    END('E'),
    ASYNC_BEGIN('b'),
    ASYNC_END('e'),
    COUNTER('C');

    private final char code;

    Phase(char code) {
      this.code = code;
    }

    char code() {
      return code;
    }
  }

  /** Both ends of a slice without length are {@code POINT}s, so that they stay in their order. */
  enum Order {
    END,
    POINT,
    BEGIN,
    COUNTER
  }

  /**
   * The events of a group of requests, in the order of their times.
   *
   * @param firstId of the requests' ids, which rise by one
   */
  static List<TraceEvent> of(List<ServedRequest> requests, TraceThreads threads, long firstId) {
    List<TraceEvent> events = new ArrayList<>(requests.size() * 12);
    for (int i = 0; i < requests.size(); i++) {
      int thread = threads.ofRequest(i);
      service(events, requests.get(i), thread);
      phases(events, requests.get(i), thread, firstId + i);
    }
    counter(events, "in flight", requests, ServedRequest::sent, ServedRequest::answered);
    counter(events, "waiting", requests, ServedRequest::sent, ServedRequest::assigned);
    // Stable: what was added first encloses what was added later.
    events.sort(Comparator.comparingLong(TraceEvent::at).thenComparing(TraceEvent::order));
    return events;
  }

  /** What its worker does for a request. */
  private static void service(List<TraceEvent> events, ServedRequest request, int thread) {
    String client = client(request);
    if (request.starting() > 0) {
      String start = "start for " + client;
      events.add(begin(Phase.BEGIN, start, request.assigned(), request.started(), thread, NO_ID));
      events.add(end(Phase.END, start, request.assigned(), request.started(), thread, NO_ID));
    }
    events.add(begin(Phase.BEGIN, client, request.started(), request.ended(), thread, NO_ID));
    events.add(end(Phase.END, client, request.started(), request.ended(), thread, NO_ID));
  }

  private static void phases(List<TraceEvent> events, ServedRequest request, int thread, long id) {
    String client = client(request);
    long sent = request.sent();
    long answered = request.answered();
    events.add(begin(Phase.ASYNC_BEGIN, client, sent, answered, thread, id).about(request));
    phase(events, "waiting", sent, request.assigned(), thread, id);
    phase(events, "starting", request.assigned(), request.started(), thread, id);
    phase(events, "served", request.started(), request.ended(), thread, id);
    phase(events, "reply", request.ended(), answered, thread, id);
    events.add(end(Phase.ASYNC_END, client, sent, answered, thread, id));
  }

  private static void phase(
      List<TraceEvent> events, String name, long from, long to, int thread, long id) {
    if (to > from) {
      events.add(begin(Phase.ASYNC_BEGIN, name, from, to, thread, id));
      events.add(end(Phase.ASYNC_END, name, from, to, thread, id));
    }
  }

  private static TraceEvent begin(
      Phase phase, String name, long from, long to, int thread, long id) {
    Order order = from == to ? Order.POINT : Order.BEGIN;
    return new TraceEvent(from, order, phase, name, thread, id, null, 0);
  }

  private static TraceEvent end(Phase phase, String name, long from, long to, int thread, long id) {
    Order order = from == to ? Order.POINT : Order.END;
    return new TraceEvent(to, order, phase, name, thread, id, null, 0);
  }

  private TraceEvent about(ServedRequest subject) {
    return new TraceEvent(at, order, phase, name, thread, id, subject, count);
  }

  /** How many requests are between two of their times: an event whenever that changes. */
  private static void counter(
      List<TraceEvent> events,
      String name,
      List<ServedRequest> requests,
      ToLongFunction<ServedRequest> from,
      ToLongFunction<ServedRequest> to) {
    TreeMap<Long, Integer> changes = new TreeMap<>();
    for (ServedRequest request : requests) {
      changes.merge(from.applyAsLong(request), 1, Integer::sum);
      changes.merge(to.applyAsLong(request), -1, Integer::sum);
    }
    long now = 0;
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      if (change.getValue() != 0) {
        now += change.getValue();
        events.add(
            new TraceEvent(
                change.getKey(), Order.COUNTER, Phase.COUNTER, name, 0, NO_ID, null, now));
      }
    }
  }

  private static String client(ServedRequest request) {
    return "client " + (request.client() + 1);
  }
}
