package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What the connections of a stream server run over: the contract is the same over all of them. */
enum Wire {
  TCP(Protocol.TCP),
  /** A Unix domain socket. */
  UNIX(Protocol.TCP),
  /** With the engine of {@code test.engine}, or OpenSSL if it is available. */
  TLS(Protocol.TLS),
  TLS_JDK(Protocol.TLS);

  // By .ci/run. Otherwise TCP and TLS stand for all; UnixServerTest has what differs.
  private static final boolean FULL = "full".equals(System.getProperty("test.wires"));

  // Models differ in the threads that work, which these have in common with all others.
  private static final List<String> FEW_MODELS = List.of("event-loop", "thread-per-connection");

  private final Protocol protocol;

  Wire(Protocol protocol) {
    this.protocol = protocol;
  }

  Protocol protocol() {
    return protocol;
  }

  /**
   * The settings that make a server listen so.
   *
   * @param path for a Unix domain socket
   */
  JsonObject config(Path path) {
    return switch (this) {
      case TCP, TLS -> new JsonObject();
      case UNIX -> new JsonObject().put("path", path.toString());
      case TLS_JDK -> new JsonObject().put("engine", "jdk");
    };
  }

  /** All of them; with NIO a server has no Unix domain sockets. */
  static Stream<Wire> all() {
    return Stream.of(values())
        .filter(wire -> FULL || wire == TCP || wire == TLS)
        .filter(wire -> wire != UNIX || Servers.configuredTransport() != TransportKind.NIO);
  }

  /** TCP with each of the models, the others with some. */
  static Stream<Arguments> withModels() {
    return all()
        .flatMap(
            wire ->
                Servers.models()
                    .filter(model -> wire == TCP || FEW_MODELS.contains(model))
                    .map(model -> Arguments.of(wire, model)));
  }
}
