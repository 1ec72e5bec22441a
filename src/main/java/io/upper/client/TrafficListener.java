package io.upper.client;

import io.vertx.core.buffer.Buffer;

/** Observes each write to a server and each read, in order, on the thread that does it. */
@FunctionalInterface
public interface TrafficListener {
  TrafficListener NONE = (what, bytes) -> {};

  /**
   * Called before a write, and after a read.
   *
   * @param what {@code sent}, {@code sent again} or {@code received}
   * @param bytes the application data with TLS; one datagram with UDP
   */
  void onTraffic(String what, Buffer bytes);
}
