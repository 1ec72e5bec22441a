package io.upper.client;

import io.upper.config.Protocol;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Whom a TLS client trusts: a server whose chain and host name verify against a CA, or any. */
public final class Trust {
  // Null: any server.
  private final PemTrustOptions ca;

  private Trust(PemTrustOptions ca) {
    this.ca = ca;
  }

  /**
   * Reads the CA's file, if the protocol needs one, once: it may be a pipe. Blocks.
   *
   * @throws IllegalArgumentException in one line, when that file is missing or holds no certificate
   */
  public static Trust read(Vertx vertx, ClientSettings settings) {
    if (settings.protocol() != Protocol.TLS || settings.insecure()) {
      return new Trust(null);
    }
    PemTrustOptions ca = new PemTrustOptions().addCertValue(Buffer.buffer(bytes(settings.ca())));
    try {
      ca.getTrustManagerFactory(vertx); // now, to name the file when it holds no certificate
    } catch (Exception e) {
      throw new IllegalArgumentException(settings.ca() + ": " + ConnectFailure.reason(e), e);
    }
    return new Trust(ca);
  }

  private static byte[] bytes(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readAllBytes();
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          file
              + ": no file that can be read; name the CA's certificate (--ca), or trust any"
              + " server (--insecure)",
          e);
    }
  }

  /** Sets what TLS handshakes of a client verify. */
  public void configure(NetClientOptions options) {
    if (ca == null) {
      options.setTrustAll(true).setHostnameVerificationAlgorithm("");
    } else {
      options.setTrustOptions(ca).setHostnameVerificationAlgorithm("HTTPS");
    }
  }
}
