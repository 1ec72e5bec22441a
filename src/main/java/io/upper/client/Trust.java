package io.upper.client;

import io.upper.cert.PemException;
import io.upper.cert.PemFile;
import io.upper.config.Protocol;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a TLS client verifies: certificate chain and host name against a CA, or nothing. */
public final class Trust {
  // Null: trust any server.
  private final PemTrustOptions ca;

  private Trust(PemTrustOptions ca) {
    this.ca = ca;
  }

  /**
   * Reads the CA's file if the protocol needs one; only once, since it may be a pipe. Blocks.
   *
   * @throws IllegalArgumentException with a message of one line, if the file cannot be read or
   *     holds no certificate
   */
  public static Trust read(ClientSettings settings) {
    if (settings.protocol() != Protocol.TLS || settings.insecure()) {
      return new Trust(null);
    }
    try {
      List<X509Certificate> certificates = PemFile.read(Path.of(settings.ca())).certificates();
      return new Trust(
          new PemTrustOptions().addCertValue(Buffer.buffer(PemFile.write(certificates))));
    } catch (PemException e) {
      throw new IllegalArgumentException(settings.ca() + ": " + e.getMessage(), e);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          settings.ca()
              + ": cannot read the file; pass the CA's certificate with --ca, or trust any server"
              + " with --insecure",
          e);
    }
  }

  /** Configures the verification of a client's TLS handshakes. */
  public void configure(NetClientOptions options) {
    if (ca == null) {
      options.setTrustAll(true).setHostnameVerificationAlgorithm("");
    } else {
      options.setTrustOptions(ca).setHostnameVerificationAlgorithm("HTTPS");
    }
  }
}
