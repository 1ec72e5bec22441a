package io.upper.server;

import io.upper.config.ConfigurationException;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.transport.Transport;
import java.util.Locale;

/** Finds the transport that the configuration names. */
public final class ServerTransport {

  private ServerTransport() {}

  /**
   * The transport of a server's Vert.x.
   *
   * @throws ConfigurationException with the reason, if the configured transport is unavailable
   */
  public static Transport of(TransportKind kind) {
    return switch (kind) {
      case AUTO -> {
        Transport found = Transport.nativeTransport();
        yield found == null ? Transport.NIO : found;
      }
      case NIO -> Transport.NIO;
      case EPOLL -> available(kind, Transport.EPOLL);
      case KQUEUE -> available(kind, Transport.KQUEUE);
      case IO_URING -> available(kind, Transport.IO_URING);
    };
  }

  private static Transport available(TransportKind kind, Transport transport) {
    if (transport != null && transport.available()) {
      return transport;
    }
    String reason =
        transport == null
            ? "its library is not on the class path"
            : TemporaryFiles.whyNotLoaded(transport.unavailabilityCause());
    throw new ConfigurationException(
        String.format(
            Locale.ROOT, "/transport: \"%s\" is not available here: %s", kind.word(), reason));
  }
}
