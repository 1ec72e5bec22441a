package io.upper.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Observes served requests. Called on the thread that served the request, or that read the reply of
 * a child process, so it must be fast and thread-safe.
 */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request was served.
   *
   * @param client its sender: {@code tcp 127.0.0.1:40312}
   * @param worker what served it: the name of a thread, or {@code process} and its pid
   * @param bytes length of the request
   * @param arrived when it was read ({@link System#nanoTime}, like the others)
   * @param started when work on it started, until which it waited in the server
   * @param ended when the reply was made
   */
  void served(String client, String worker, int bytes, long arrived, long started, long ended);

  /** Combines observers, any of which may be null; null if all are. */
  static RequestObserver of(RequestObserver... observers) {
    List<RequestObserver> all = Arrays.stream(observers).filter(Objects::nonNull).toList();
    return switch (all.size()) {
      case 0 -> null;
      case 1 -> all.get(0);
      default ->
          (client, worker, bytes, arrived, started, ended) ->
              all.forEach(one -> one.served(client, worker, bytes, arrived, started, ended));
    };
  }
}
