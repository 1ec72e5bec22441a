package io.upper.prefork;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The configurations of the server processes, each for one process that shares its ports.
 * Immutable.
 */
final class ProcessConfigurations {
  private final Configuration configuration;
  private final JsonObject shared;

  /**
   * @param ports the ports of the first process by protocol, which replace port 0; null before it
   *     listens
   */
  ProcessConfigurations(Configuration configuration, JsonObject ports) {
    this.configuration = configuration;
    this.shared = configuration.json().copy().put("processes", 1);
    // The supervisor serves the page of all.
    shared.getJsonObject("admin").put("live", false);
    for (Protocol protocol : Protocol.values()) {
      JsonObject server = shared.getJsonObject(protocol.word()).put("reusePort", true);
      if (configuration.server(protocol).port() == 0 && ports != null) {
        server.put("port", ports.getValue(protocol.word(), 0));
      }
    }
  }

  /** The port of a server, 0 before it is known. */
  int port(Protocol protocol) {
    return shared.getJsonObject(protocol.word()).getInteger("port");
  }

  /** Where the processes listen: {@code tcp localhost:2000}. */
  List<String> addresses() {
    return configuration.servers().stream()
        .map(
            server ->
                server.address(shared.getJsonObject(server.protocol().word()).getInteger("port")))
        .toList();
  }

  /**
   * Limits apply to the whole server: each process gets its share, at least 1. The admin port is
   * not shared, since health and metrics are those of one process: each process has its own.
   */
  JsonObject of(int number) {
    JsonObject config = shared.copy();
    for (ServerSettings server : configuration.servers()) {
      String limit = server.protocol() == Protocol.UDP ? "maxPending" : "maxConnections";
      int share = share(server.maxConversations(), number, configuration.processes());
      config.getJsonObject(server.protocol().word()).put(limit, share);
    }
    int adminPort = configuration.admin().port();
    if (adminPort > 0) {
      config.getJsonObject("admin").put("port", adminPort + number - 1);
    }
    return config;
  }

  /** The share of process {@code number}, from 1; the first processes get the remainder. */
  static int share(int limit, int number, int processes) {
    return Math.max(1, limit / processes + (number <= limit % processes ? 1 : 0));
  }
}
