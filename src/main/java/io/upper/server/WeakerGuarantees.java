package io.upper.server;

import io.upper.config.Protocol;
import io.vertx.core.Vertx;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of guarantees that a stream server cannot keep with this Vert.x, Netty or JVM. It serves
 * all the same.
 */
final class WeakerGuarantees {
  private static final Logger LOG = LoggerFactory.getLogger(WeakerGuarantees.class);

  private WeakerGuarantees() {}

  /** Logs a line for each weakness, once per server. */
  static void warn(Protocol protocol, Vertx vertx, NetServerOptions options) {
    Stream.of(
            ListeningChannel.HOOK.weakness(),
            vertx.isNativeTransportEnabled() ? HalfClose.SET_FLAG.weakness() : none(),
            options.isSsl() || options.isUseProxyProtocol()
                ? HandshakeTimeout.SHUTDOWN_EVENT.weakness()
                : none(),
            options.getSslEngineOptions() instanceof OpenSSLEngineOptions
                ? OpenSslHalfClose.RECEIVED_SHUTDOWN.weakness()
                : none(),
            options.getSslEngineOptions() instanceof JdkSSLEngineOptions ? renegotiation() : none())
        .flatMap(lines -> lines)
        .forEach(line -> LOG.warn("{}: {}", protocol.word(), line));
  }

  private static Stream<String> none() {
    return Stream.empty();
  }

  /** TLS 1.3 has no renegotiation. */
  private static Stream<String> renegotiation() {
    return Boolean.getBoolean(TlsServerVerticle.NO_RENEGOTIATION)
        ? none()
        : Stream.of(
            "a client of TLS 1.2 may renegotiate again and again: start the JVM with -D"
                + TlsServerVerticle.NO_RENEGOTIATION
                + "=true");
  }
}
