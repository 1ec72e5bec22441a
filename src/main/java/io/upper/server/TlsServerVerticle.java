package io.upper.server;

import io.upper.config.Protocol;
import io.upper.model.Models;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Serves over TLS 1.2 and 1.3. Deployed with the {@code tls} section: see {@link ServerVerticle}.
 * With the default paths a missing certificate is created.
 */
public final class TlsServerVerticle extends StreamServerVerticle {
  /**
   * System property that makes the JDK's engine refuse client-initiated renegotiation, if it is
   * {@code true} before the JVM first uses TLS.
   */
  public static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  // Forward secret and authenticated only (RFC 9325, section 4.2); those for
  // processors without AES come last.
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  public TlsServerVerticle() {
    this(ServerGroup.ofDeployment(Protocol.TLS, Models::create));
  }

  /**
   * @param group finds the group that an instance joins
   */
  TlsServerVerticle(Function<Context, ServerGroup> group) {
    super(group);
  }

  @Override
  Future<NetServerOptions> options(ServerGroup group) {
    return vertx
        .executeBlocking(() -> prepared(group))
        .compose(engine -> super.options(group).map(options -> secured(options, group, engine)));
  }

  /** Reads the credentials and loads the engine; blocks. */
  private static TlsEngine prepared(ServerGroup group) throws IOException {
    group.credentials().read(group.settings().tls());
    return TlsEngine.of(group.settings().tls().engine());
  }

  private static NetServerOptions secured(
      NetServerOptions options, ServerGroup group, TlsEngine engine) {
    options
        .setSsl(true)
        .setSslEngineOptions(engine.options())
        .setSslHandshakeTimeout(group.settings().tls().handshakeTimeoutSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    secure(options.getSslOptions(), group.credentials().get());
    return options;
  }

  private static ServerSSLOptions secure(ServerSSLOptions options, TlsCredentials credentials) {
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    return credentials.applyTo(options);
  }

  /** Uses other credentials for new connections of all instances. */
  Future<Void> renew(TlsCredentials credentials) {
    return forEach(server -> server.updateSSLOptions(secure(new ServerSSLOptions(), credentials)));
  }
}
