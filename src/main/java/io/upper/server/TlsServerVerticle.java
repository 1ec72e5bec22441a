package io.upper.server;

import io.upper.cert.CertificateAuthority;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Models;
import io.vertx.core.Future;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves uppercase over TLS 1.2 and 1.3. Deployed with the {@code tls} section of the
 * configuration; settings left out have their defaults. With the default paths a missing
 * certificate is made.
 */
public final class TlsServerVerticle extends StreamServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(TlsServerVerticle.class);

  static {
    // A client could make the server compute for ever; TLS 1.3 has no renegotiation at all.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  public TlsServerVerticle() {
    this(Models::create);
  }

  /** With other models than those of the configuration. */
  TlsServerVerticle(Function<ServerSettings, ConcurrencyModel> models) {
    super(Protocol.TLS, models);
  }

  @Override
  Future<NetServerOptions> options(ServerSettings settings) {
    ServerSettings.Tls tls = settings.tls();
    return vertx
        .executeBlocking(() -> prepared(tls))
        .compose(
            engine ->
                tellLifetime(tls)
                    .compose(v -> super.options(settings))
                    .map(options -> secured(options, tls, engine)));
  }

  private static NetServerOptions secured(
      NetServerOptions options, ServerSettings.Tls tls, TlsEngine engine) {
    options
        .setSsl(true)
        .setSslEngineOptions(engine.options())
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
        .setKeyCertOptions(
            new PemKeyCertOptions().setCertPath(tls.certificate()).setKeyPath(tls.key()))
        .setSslHandshakeTimeout(tls.handshakeTimeoutSeconds())
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    if (tls.clientCa() != null) {
      options
          .setClientAuth(ClientAuth.REQUIRED)
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.clientCa()));
    }
    return options;
  }

  /** Sees that all is there; blocking. One thread at a time: instances start at once. */
  private static synchronized TlsEngine prepared(ServerSettings.Tls tls) throws IOException {
    Path certificate = Path.of(tls.certificate());
    if (tls.generated() && Files.notExists(certificate)) {
      CertificateAuthority.create(certificate.getParent());
      LOG.info(
          "tls has made a certificate of its own: {}, signed by {}",
          certificate,
          certificate.resolveSibling(CertificateAuthority.CA_CERTIFICATE));
    }
    requireFile("certificate", tls.certificate());
    requireFile("key", tls.key());
    if (tls.clientCa() != null) {
      requireFile("clientCa", tls.clientCa());
    }
    return TlsEngine.of(tls.engine());
  }

  private Future<Void> tellLifetime(ServerSettings.Tls tls) {
    ServerMetrics metrics = ServerMetrics.of(vertx);
    return metrics == null
        ? Future.succeededFuture()
        : vertx
            .executeBlocking(() -> notAfter(Path.of(tls.certificate())))
            .onSuccess(metrics::certificate)
            .mapEmpty();
  }

  private static Instant notAfter(Path path) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(path)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return certificate.getNotAfter().toInstant();
    }
  }

  private static void requireFile(String setting, String path) {
    if (!Files.isReadable(Path.of(path))) {
      throw new ConfigurationException(
          "/tls/" + setting + ": \"" + path + "\" is no file that can be read");
    }
  }
}
