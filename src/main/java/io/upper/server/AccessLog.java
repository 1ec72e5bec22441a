package io.upper.server;

import io.upper.config.Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The logger {@code upper.access}: one event per connection, logged when it is closed or refused.
 * The data are the event's key-value pairs.
 */
final class AccessLog {
  private static final Logger ACCESS = LoggerFactory.getLogger("upper.access");

  private AccessLog() {}

  static boolean isEnabled() {
    return ACCESS.isInfoEnabled();
  }

  /**
   * Logs the end of a served connection.
   *
   * @param tls null without TLS
   * @param nodes the job nodes that served it; null if none did
   */
  static void closed(
      Protocol server,
      String peer,
      long requests,
      long received,
      long sent,
      long nanos,
      String end,
      TlsSession tls,
      String nodes) {
    LoggingEventBuilder event =
        ACCESS
            .atInfo()
            .addKeyValue("server", server.word())
            .addKeyValue("peer", peer)
            .addKeyValue("requests", requests)
            .addKeyValue("received", received)
            .addKeyValue("sent", sent)
            .addKeyValue("millis", nanos / 1_000_000)
            .addKeyValue("end", end);
    if (tls != null) {
      event = event.addKeyValue("tls", tls.version()).addKeyValue("group", tls.group());
    }
    if (nodes != null) {
      event = event.addKeyValue("nodes", nodes);
    }
    event.log("connection");
  }

  /** Logs a connection that was closed as soon as it was accepted. */
  static void refused(Protocol server, String peer) {
    TlsSession tls = server == Protocol.TLS ? TlsSession.NONE : null;
    closed(server, peer, 0, 0, 0, 0, "refused", tls, null);
  }
}
