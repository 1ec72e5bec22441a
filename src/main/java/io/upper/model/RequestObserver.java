package io.upper.model;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Observes requests. Each method is called on the thread that does what it says, so it must be fast
 * and thread-safe, and must not throw. Times are {@link System#nanoTime}.
 */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request was read, at {@link Conversation#arrived}. Called on the conversation's event loop.
   *
   * @param bytes length of the request
   */
  default void arrived(Conversation conversation, int bytes) {}

  /**
   * Work on a request began, until which it waited in the server.
   *
   * @param worker what serves it, as in {@link #served}
   * @param arrived {@link Conversation#arrived} of the request
   */
  default void started(Conversation conversation, String worker, long arrived, long started) {}

  /**
   * A request was served. Called on the thread that served it, or that read the reply of a child
   * process.
   *
   * @param client its sender: {@code tcp 127.0.0.1:40312}
   * @param worker what served it: the name of a thread, or {@code process} and its pid
   * @param bytes length of the request
   * @param arrived when it was read
   * @param started when work on it started, until which it waited in the server
   * @param ended when the reply was made
   */
  void served(String client, String worker, int bytes, long arrived, long started, long ended);

  /**
   * A child process that served requests has ended.
   *
   * @param worker its name, as in {@link #served}
   * @param why {@code ended with status 0}
   */
  default void workerEnded(String worker, String why) {}

  /** Combines observers, any of which may be null; null if all are. */
  static RequestObserver of(RequestObserver... observers) {
    List<RequestObserver> all = Arrays.stream(observers).filter(Objects::nonNull).toList();
    return switch (all.size()) {
      case 0 -> null;
      case 1 -> all.get(0);
      default -> new AllObservers(all);
    };
  }
}
