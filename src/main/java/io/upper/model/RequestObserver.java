package io.upper.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Hears of every request that was served. Called by the thread that served it, so it must be quick
 * and thread-safe.
 */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request was served.
   *
   * @param client who sent it: {@code tcp 127.0.0.1:40312}
   * @param worker who served it: the name of a thread, or {@code process} and its pid
   * @param bytes its length
   * @param arrived when it was read ({@link System#nanoTime}, as the others)
   * @param started when the work on it began: until then it waited in the server
   * @param ended when the reply was made
   */
  void served(String client, String worker, int bytes, long arrived, long started, long ended);

  /** All of some observers in one, or null when all of them are. */
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
