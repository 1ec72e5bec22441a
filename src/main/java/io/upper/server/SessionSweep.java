package io.upper.server;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls {@link Session#tick} once a second for each connection of an instance, which closes it when
 * it has been idle, or has waited for a worker, for too long. One timer for all: Netty's {@code
 * IdleStateHandler} has one per connection, some 300 bytes with its handlers, and allocates a
 * promise per write. Runs on the instance's event loop.
 */
final class SessionSweep {
  private static final long SWEEP_MILLIS = 1_000;

  private final Vertx vertx;
  // Each session knows its place: an entry of a set would cost ten times as much.
  private final List<Session> sessions = new ArrayList<>();
  private boolean scheduled;

  SessionSweep(Vertx vertx) {
    this.vertx = vertx;
  }

  void add(Session session) {
    session.sweepIndex = sessions.size();
    sessions.add(session);
    schedule();
  }

  /** Removes a session that was added, once: the last one takes its place. */
  void remove(Session session) {
    Session last = sessions.remove(sessions.size() - 1);
    if (last != session) {
      last.sweepIndex = session.sweepIndex;
      sessions.set(last.sweepIndex, last);
    }
  }

  /** Not periodic: a blocked event loop would catch up on the ticks it missed. */
  private void schedule() {
    if (!scheduled && !sessions.isEmpty()) {
      scheduled = true;
      vertx.setTimer(SWEEP_MILLIS, id -> sweep());
    }
  }

  private void sweep() {
    scheduled = false;
    schedule(); // First: an exception of one session must not end the timeouts of the others.
    // A copy, since sessions that end remove themselves.
    List.copyOf(sessions).forEach(Session::tick);
  }
}
