package io.upper.lab.report;

import io.upper.lab.Load;
import io.upper.lab.ServedRequest;
import java.util.List;

/**
 * What of each run is drawn request by request: all of a small load, and of a large one the first
 * requests of the first clients, so that the picture can be read.
 *
 * @param clients how many of the clients
 * @param requests how many requests of each
 * @param whole whether that is all
 */
record Excerpt(int clients, int requests, boolean whole) {
  private static final int MOST_CLIENTS = 40;
  private static final int MOST_REQUESTS = 30;
  private static final int MOST_IN_ALL = 600;

  static Excerpt of(Load load) {
    int clients = Math.min(load.clients(), MOST_CLIENTS);
    int requests = Math.min(load.requests(), Math.min(MOST_REQUESTS, MOST_IN_ALL / clients));
    return new Excerpt(clients, requests, clients == load.clients() && requests == load.requests());
  }

  List<ServedRequest> of(List<ServedRequest> all) {
    return all.stream()
        .filter(request -> request.client() < clients && request.number() < requests)
        .toList();
  }
}
