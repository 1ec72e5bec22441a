package io.upper.check;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Who a TLS server should be. Most cases accept anybody: only those of the identity check it.
 * Thread-safe.
 */
public final class TlsIdentity {
  private final String host;
  private final SSLContext anybody;
  // Null without an authority.
  private final SSLContext verifying;

  /**
   * A server.
   *
   * @param host the name or address by which it was asked
   * @param authorities the certificates of those who may have signed its certificate; none if that
   *     is not to be checked
   */
  public TlsIdentity(String host, List<? extends Certificate> authorities) {
    this.host = host;
    try {
      anybody = context(new TrustManager[] {new TrustsAnybody()});
      verifying = authorities.isEmpty() ? null : context(trusting(authorities));
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("TLS is not available: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(TrustManager[] trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust, null);
    return context;
  }

  private static TrustManager[] trusting(List<? extends Certificate> authorities)
      throws GeneralSecurityException, java.io.IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** A client's engine that accepts anybody. */
  SSLEngine engine(String... versions) {
    return engine(anybody, versions);
  }

  /** A client's engine that accepts this server only; empty without an authority. */
  Optional<SSLEngine> verifyingEngine(boolean name) {
    if (verifying == null) {
      return Optional.empty();
    }
    SSLEngine engine = engine(verifying);
    if (name) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
    }
    return Optional.of(engine);
  }

  private SSLEngine engine(SSLContext context, String... versions) {
    SSLEngine engine = context.createSSLEngine(host, 0);
    engine.setUseClientMode(true);
    if (versions.length > 0) {
      engine.setEnabledProtocols(versions);
    }
    return engine;
  }

  /** The cases look at the protocol; a self-made certificate is no fault. */
  private static final class TrustsAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
