package io.upper.live;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import java.util.Collection;

/** The servers that a page shows and changes, in this process or in several. Thread-safe. */
interface ShownServers {

  /** The configuration in force. */
  Configuration configuration();

  /** The port of a server; 0 if it does not listen. */
  int port(Protocol protocol);

  /**
   * Applies another configuration; blocks.
   *
   * @throws io.upper.config.ConfigurationException if it is not valid
   * @throws Refusal if it cannot be applied now
   */
  void apply(Configuration next) throws InterruptedException;

  /** The pids of the server processes; none if the servers are in this process. */
  Collection<Long> pids();

  /** The Java heaps of the server processes, in bytes. */
  long heap();

  /** The pid of the server process to which a lane belongs; 0 if it belongs to none. */
  long pid(Lane lane);
}
