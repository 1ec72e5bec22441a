package io.upper.live;

import io.upper.config.ServerSettings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** The demonstration clients, at most {@value #MAX}. Thread-safe. */
final class DemonstrationClients {
  static final int MAX = 100;

  private final ShownConnections shown;
  private final Supplier<ServerSettings> server;
  // The newest last: those stop first.
  private final Deque<DemonstrationClient> running = new ArrayDeque<>();
  private boolean stopped;

  /**
   * @param server the TCP server, with its actual port; null while there is none
   */
  DemonstrationClients(ShownConnections shown, Supplier<ServerSettings> server) {
    this.shown = shown;
    this.server = server;
  }

  /**
   * Starts or stops clients.
   *
   * @param count how many run from now on, from 0
   */
  synchronized void set(int count) {
    while (running.size() > count) {
      running.removeLast().stop();
    }
    while (running.size() < count && !stopped) {
      running.addLast(new DemonstrationClient(running.size() + 1, shown, server));
    }
  }

  synchronized int count() {
    return running.size();
  }

  /** Makes all connect again: a connection keeps the model and the event loop that it has. */
  synchronized void reconnect() {
    running.forEach(DemonstrationClient::reconnect);
  }

  /** Stops all, for good. */
  synchronized void stop() {
    stopped = true;
    set(0);
  }
}
