package io.upper.stress;

import io.vertx.core.net.SocketAddress;

/** Observes every request with a correct reply; called on the client's event loop. */
public interface RequestListener {

  /** Ignores all requests. */
  RequestListener NONE = (client, local, number, planned, sent, ended) -> {};

  /**
   * A correct reply is complete.
   *
   * @param client index of the client, from 0
   * @param local the client's address
   * @param number index of the request among the client's, from 0
   * @param planned when it was due (all times are of {@link System#nanoTime})
   * @param sent when it was sent
   * @param ended when its reply was complete
   */
  void answered(int client, SocketAddress local, long number, long planned, long sent, long ended);
}
