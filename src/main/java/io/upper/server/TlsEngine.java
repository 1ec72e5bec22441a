package io.upper.server;

import io.netty.handler.ssl.OpenSsl;
import io.upper.config.ConfigurationException;
import io.upper.config.TlsEngineKind;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;

/**
 * Who encrypts. BoringSSL, which Netty calls OpenSSL, makes several times as many handshakes a
 * second as the JDK and needs no warming up, but is native code, which not every system can load.
 *
 * @param options for the server
 * @param told which one it is, for the log
 */
public record TlsEngine(SSLEngineOptions options, String told) {

  /**
   * Finds the engine that the configuration names. Blocks: the first call loads a library.
   *
   * @throws ConfigurationException when OpenSSL is asked for and cannot be loaded
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

  /** Whether it is the JDK's. */
  boolean isJdk() {
    return options instanceof JdkSSLEngineOptions;
  }

  private static TlsEngine jdk(String reason) {
    return new TlsEngine(new JdkEngine(), "tls engine: jdk" + reason);
  }
}
