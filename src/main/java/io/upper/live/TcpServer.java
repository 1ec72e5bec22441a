package io.upper.live;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;

/** The TCP server, to which demonstration clients and those of the buttons connect. Thread-safe. */
record TcpServer(ShownServers servers) {

  /** Its settings, with its actual port; null while there is none to connect to. */
  ServerSettings settings() {
    return missing() == null ? tcp().withPort(servers.port(Protocol.TCP)) : null;
  }

  /** Why there is none to connect to; null if there is one. */
  String missing() {
    ServerSettings tcp = tcp();
    if (tcp.enabled() && tcp.unix() != null) {
      return "the TCP server listens on "
          + tcp.unix()
          + ", whose clients are not shown: those of the page need a host and a port";
    }
    return servers.port(Protocol.TCP) == 0 ? "there is no TCP server" : null;
  }

  private ServerSettings tcp() {
    return servers.configuration().tcp();
  }
}
