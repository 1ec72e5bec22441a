package io.upper.server;

import io.upper.config.ServerSettings;
import java.io.IOException;
import java.time.Instant;

/** The credentials that all instances of a TLS server show. Thread-safe. */
final class ServedCredentials {
  private final ServerMetrics metrics;
  private volatile TlsCredentials credentials;

  /**
   * @param metrics know when the first certificate expires; null for none
   */
  ServedCredentials(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /** Those served; null without TLS, and before they are read. */
  TlsCredentials get() {
    return credentials;
  }

  /** When the first certificate expires; null without TLS. */
  Instant expiry() {
    return credentials == null ? null : credentials.expiry();
  }

  /** Others are served from now on. */
  void set(TlsCredentials credentials) {
    this.credentials = credentials;
    if (metrics != null) {
      metrics.certificate(this, credentials.expiry());
    }
  }

  /** Reads and checks them if no instance has yet; blocks. */
  synchronized TlsCredentials read(ServerSettings.Tls tls) throws IOException {
    if (credentials == null) {
      TlsCredentials.makeIfMissing(tls);
      set(TlsCredentials.read(tls));
    }
    return credentials;
  }

  /** They are served no more. */
  void end() {
    if (metrics != null && credentials != null) {
      metrics.certificate(this, null);
    }
  }
}
