package io.upper.client;

import io.vertx.core.buffer.Buffer;

/** Learns of each write to a server and each read, in order, on whatever thread does it. */
@FunctionalInterface
public interface TrafficListener {
  TrafficListener NONE = (what, bytes) -> {};

  /**
   * Called before a write, and after a read.
   *
   * @param what {@code sent}, {@code sent again} or {@code received}
   * @param bytes of TLS what it protects; of UDP one datagram
   */
  void moved(String what, Buffer bytes);
}
