package io.upper.live;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A connection that is shown, or the sender of datagrams. Thread-safe without locks: the event loop
 * of a server never waits here.
 */
final class ShownConnection {
  // A child process may take many requests before it replies.
  private static final int MAX_PENDING = 64;

  final int id;
  final String protocol;
  final String peer;

  /** Number of the demonstration client; 0 for others. */
  final int demonstration;

  /** When it was opened ({@link System#nanoTime}). */
  final long opened;

  /** The event loop that serves it; null before, and if it is that of another process. */
  volatile EventLoop loop;

  /** Whether a server has accepted it. */
  volatile boolean accepted;

  /** When something last happened ({@link System#nanoTime}). */
  volatile long used;

  // Sent by its demonstration client, and not read yet.
  private final Queue<ShownRequest> sent = new ConcurrentLinkedQueue<>();
  // Read, and not served yet.
  private final Queue<ShownRequest> pending = new ConcurrentLinkedQueue<>();

  ShownConnection(int id, String client, int demonstration, long opened) {
    this.id = id;
    this.protocol = client.substring(0, client.indexOf(' '));
    this.peer = client.substring(client.indexOf(' ') + 1);
    this.demonstration = demonstration;
    this.opened = opened;
    this.used = opened;
  }

  void send(ShownRequest request) {
    sent.add(request);
  }

  /** The request that the demonstration client sent first, of those not read; null if none. */
  ShownRequest nextSent() {
    return sent.poll();
  }

  /** A request was read; false if there are too many, and it is not shown. */
  boolean arrive(ShownRequest request) {
    return pending.size() < MAX_PENDING && pending.add(request);
  }

  /** The request that was read then; null if it is not shown. */
  ShownRequest pending(long arrived) {
    if (pending.isEmpty()) {
      return null; // Of many requests few are shown: no iterator for the others.
    }
    for (ShownRequest request : pending) {
      if (request.arrived == arrived) {
        return request;
      }
    }
    return null;
  }

  /** A request was served; false if the connection was closed meanwhile. */
  boolean served(ShownRequest request) {
    return pending.remove(request);
  }

  /** The connection is closed; returns how many of its requests were not served. */
  int forgetPending() {
    int forgotten = 0;
    while (pending.poll() != null) {
      forgotten++;
    }
    return forgotten;
  }

  /** Its requests that wait or are being served. */
  Iterable<ShownRequest> unserved() {
    return pending;
  }

  /** How many requests are sent, but not read. */
  int unread() {
    return sent.size();
  }

  boolean isQuiet() {
    return pending.isEmpty();
  }
}
