package io.upper.server;

import io.upper.config.ServerSettings;
import java.io.IOException;

/** The credentials served by all instances of a TLS server. Thread-safe. */
final class ServedCredentials {
  private final ServerMetrics metrics;
  private volatile TlsCredentials credentials;
  private boolean serving;

  /**
   * @param metrics records when the first certificate expires; may be null
   */
  ServedCredentials(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /** The current credentials; null without TLS, and before they are read. */
  TlsCredentials get() {
    return credentials;
  }

  /** Replaces the credentials. */
  synchronized void set(TlsCredentials credentials) {
    this.credentials = credentials;
    report();
  }

  /** The server accepts: from now on the metrics are about its credentials, no other server's. */
  synchronized void start() {
    serving = true;
    report();
  }

  private void report() {
    if (serving && metrics != null && credentials != null) {
      metrics.certificate(this, credentials.expiry());
    }
  }

  /** Reads and checks the credentials unless an instance has; blocks. */
  synchronized TlsCredentials read(ServerSettings.Tls tls) throws IOException {
    if (credentials == null) {
      TlsCredentials.createIfMissing(tls);
      set(TlsCredentials.read(tls));
    }
    return credentials;
  }

  /** Removes the credentials from the metrics: the server has stopped. */
  synchronized void end() {
    if (serving && metrics != null && credentials != null) {
      metrics.certificate(this, null);
    }
  }
}
