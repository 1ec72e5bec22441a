package io.upper.server;

import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks once a second at all connections of an instance, and ends those on which nothing has moved
 * for too long. One timer for all: Netty's {@code IdleStateHandler} has one for each, some 300
 * bytes with its handlers, and makes a promise for each write. Lives on the instance's event loop.
 */
final class IdleSweep {
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Set<Session> sessions = new HashSet<>();
  private boolean scheduled;

  IdleSweep(Vertx vertx) {
    this.vertx = vertx;
  }

  void add(Session session) {
    sessions.add(session);
    schedule();
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  /** Not periodic: a loop that was blocked would then make up for the looks that it missed. */
  private void schedule() {
    if (!scheduled && !sessions.isEmpty()) {
      scheduled = true;
      vertx.setTimer(LOOK_MILLIS, id -> look());
    }
  }

  private void look() {
    scheduled = false;
    // A copy, since those that end remove themselves.
    List.copyOf(sessions).forEach(Session::tick);
    schedule();
  }
}
