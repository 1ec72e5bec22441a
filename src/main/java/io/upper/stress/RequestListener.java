package io.upper.stress;

import io.vertx.core.net.SocketAddress;

/** Is told of every request that was answered rightly; called on the client's event loop. */
public interface RequestListener {

  /** Hears nothing. */
  RequestListener NONE = (client, local, number, planned, sent, ended) -> {};

  /**
   * A right reply has come.
   *
   * @param client the client's number, from 0
   * @param local its end of the connection
   * @param number of the request among the client's, from 0
   * @param planned when it was due ({@link System#nanoTime}, as the others)
   * @param sent when it was sent
   * @param ended when its reply was whole
   */
  void answered(int client, SocketAddress local, long number, long planned, long sent, long ended);
}
