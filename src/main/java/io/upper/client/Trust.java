package io.upper.client;

import io.upper.config.Protocol;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whom a TLS client trusts: a server whose chain and host name verify against a CA, or any. */
public final class Trust {

  private Trust() {}

  /**
   * Sets the trust of a client; nothing for a protocol without TLS. Reads the CA's file.
   *
   * @throws IllegalArgumentException in one line, when that file is missing or holds no certificate
   */
  public static void configure(Vertx vertx, NetClientOptions options, ClientSettings settings) {
    if (settings.protocol() != Protocol.TLS) {
      return;
    }
    if (settings.insecure()) {
      options.setTrustAll(true).setHostnameVerificationAlgorithm("");
      return;
    }
    if (!Files.isReadable(Path.of(settings.ca()))) {
      throw new IllegalArgumentException(
          settings.ca()
              + ": no file that can be read; name the CA's certificate (--ca), or trust any"
              + " server (--insecure)");
    }
    PemTrustOptions trust = new PemTrustOptions().addCertPath(settings.ca());
    try {
      trust.getTrustManagerFactory(vertx); // now, to name the file when it holds no certificate
    } catch (Exception e) {
      throw new IllegalArgumentException(settings.ca() + ": " + ConnectFailure.reason(e), e);
    }
    options.setTrustOptions(trust).setHostnameVerificationAlgorithm("HTTPS");
  }
}
