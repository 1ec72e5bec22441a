package io.upper.server;

import io.netty.handler.ssl.OpenSsl;
import io.upper.config.ConfigurationException;
import io.upper.config.TlsEngineKind;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;

/**
 * The TLS implementation. BoringSSL, which Netty calls OpenSSL, does several times as many
 * handshakes per second as the JDK and needs no warm-up, but is native code that not every system
 * can load.
 *
 * @param options the options for the server
 * @param description the log line that names it
 */
public record TlsEngine(SSLEngineOptions options, String description) {

  /**
   * Returns the configured engine. Blocks: the first call loads a library.
   *
   * @throws ConfigurationException if OpenSSL is configured and cannot be loaded
   */
  public static TlsEngine of(TlsEngineKind kind) {
    if (kind == TlsEngineKind.JDK) {
      return jdk("");
    }
    if (OpenSsl.isAvailable()) {
      return new TlsEngine(
          new OpenSSLEngineOptions(), "tls engine: openssl (" + OpenSsl.versionString() + ")");
    }
    String reason =
        "OpenSSL is not available: " + TemporaryFiles.whyNotLoaded(OpenSsl.unavailabilityCause());
    if (kind == TlsEngineKind.OPENSSL) {
      throw new ConfigurationException("/tls/engine: " + reason);
    }
    return jdk("; " + reason);
  }

  boolean isJdk() {
    return options instanceof JdkSSLEngineOptions;
  }

  private static TlsEngine jdk(String reason) {
    return new TlsEngine(new JdkEngine(), "tls engine: jdk" + reason);
  }
}
