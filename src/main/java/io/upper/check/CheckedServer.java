package io.upper.check;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The server that is graded: one that runs already, or one that the grader has started. */
public interface CheckedServer {
  /** Where it listens: an address and a port, or the path of a Unix domain socket. */
  SocketAddress address();

  /** Who it should be, if it speaks TLS. */
  default Optional<TlsIdentity> tls() {
    return Optional.empty();
  }

  /** The same server, asked over TLS. */
  default CheckedServer withTls(TlsIdentity identity) {
    CheckedServer server = this;
    return new CheckedServer() {
      @Override
      public SocketAddress address() {
        return server.address();
      }

      @Override
      public Optional<TlsIdentity> tls() {
        return Optional.of(identity);
      }

      @Override
      public OptionalLong memory() {
        return server.memory();
      }

      @Override
      public Optional<String> ended() {
        return server.ended();
      }

      @Override
      public boolean restart() {
        return server.restart();
      }

      @Override
      public List<String> lastLines() {
        return server.lastLines();
      }

      @Override
      public Optional<Lifecycle> lifecycle() {
        return server.lifecycle();
      }
    };
  }

  /** Resident bytes of it and its descendants; empty if the grader has not started it. */
  default OptionalLong memory() {
    return OptionalLong.empty();
  }

  /** Why it is not there any more; empty while it runs, or if the grader has not started it. */
  default Optional<String> ended() {
    return Optional.empty();
  }

  /**
   * Starts it again, whether it has ended or hangs; blocks until it listens.
   *
   * @return false if it cannot be started, or was not started by the grader
   */
  default boolean restart() {
    return false;
  }

  /** The last lines that it has printed; none if the grader has not started it. */
  default List<String> lastLines() {
    return List.of();
  }

  /** Its beginning and its end; empty if the grader has not started it. */
  default Optional<Lifecycle> lifecycle() {
    return Optional.empty();
  }
}
