package io.upper.server;

import io.netty.handler.ssl.OpenSslSession;
import io.vertx.core.internal.net.NetSocketInternal;
import javax.net.ssl.SSLSession;

/**
 * What a TLS handshake has agreed on, as far as the engine tells.
 *
 * @param version {@code TLSv1.3}, for example
 * @param group of the key exchange, {@code X25519MLKEM768} for example; {@value #UNKNOWN} with the
 *     JDK's engine
 */
record TlsSession(String version, String group) {
  private static final String UNKNOWN = "-";

  /** That of a connection which has had no handshake yet. */
  static final TlsSession NONE = new TlsSession(UNKNOWN, UNKNOWN);

  /** Of a connection that is served; null without TLS. */
  static TlsSession of(NetSocketInternal socket) {
    return socket.isSsl()
        ? new TlsSession(socket.sslSession().getProtocol(), group(socket.sslSession()))
        : null;
  }

  private static String group(SSLSession session) {
    try {
      String group = session instanceof OpenSslSession open ? open.getNamedGroup() : null;
      return group == null ? UNKNOWN : group;
    } catch (NoSuchMethodError e) {
      return UNKNOWN; // An older Netty, in a program that embeds the server.
    }
  }
}
