package io.upper.server;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's engine without two features that BoringSSL lacks as well: finite-field groups, where a
 * ClientHello with ffdhe8192 costs eight times as much as any other, and SHA-1 signatures (RFC
 * 9155). Set per engine, since a system property would apply to the whole program that embeds the
 * server.
 */
final class JdkEngine extends JdkSSLEngineOptions {

  @Override
  public SslContextFactory sslContextFactory() {
    return new DefaultSslContextFactory(SslProvider.JDK, false) {
      @Override
      public SslContext create() throws SSLException {
        return new Constrained(super.create());
      }
    };
  }

  private static final class Constrained extends DelegatingSslContext {
    Constrained(SslContext context) {
      super(context);
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setAlgorithmConstraints(new Constraints());
      engine.setSSLParameters(parameters);
    }
  }

  /** Decides by TLS names only; certificate signatures are checked elsewhere. */
  private static final class Constraints implements AlgorithmConstraints {

    @Override
    public boolean permits(
        Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
      String name = algorithm.toLowerCase(Locale.ROOT);
      return !name.startsWith("ffdhe") && !name.endsWith("_sha1");
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
      return true;
    }

    @Override
    public boolean permits(
        Set<CryptoPrimitive> primitives,
        String algorithm,
        Key key,
        AlgorithmParameters parameters) {
      return permits(primitives, algorithm, parameters);
    }
  }
}
