package io.upper.stress;

import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a client got no connection, or none that it could use. */
public enum Refusal {
  /** Nothing listens there: the SYN was answered by a reset, the datagram by ICMP. */
  NOT_LISTENING,
  /** No answer to the SYN in time. */
  NO_ANSWER,
  /** No way there, or whatever else the system says. */
  UNREACHABLE,
  /** TLS: the handshake was not over in time. */
  HANDSHAKE_TIMED_OUT,
  /** TLS: the handshake failed otherwise. */
  HANDSHAKE_FAILED,
  /** TLS: the generator does not trust the server's certificate. */
  CERTIFICATE_REFUSED,
  /** TLS: the server wants a client certificate. */
  CERTIFICATE_WANTED,
  /** This machine: no more open files. */
  DESCRIPTORS,
  /** This machine: no more ephemeral ports. */
  PORTS;

  /** The word for it in reports: {@code not-listening}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it is a limit of the generator's own machine, which says nothing of the server. */
  public boolean isOwn() {
    return this == DESCRIPTORS || this == PORTS;
  }

  /**
   * What a failure means.
   *
   * @param handshaking whether the connection was established already
   * @param connected whether any client could connect before: without, an address that cannot be
   *     assigned is the server's, which this machine has no way to
   */
  static Refusal of(Throwable failure, boolean handshaking, boolean connected) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (message.contains("too many open files")) {
        return DESCRIPTORS;
      }
      if (message.contains("address already in use")
          || connected && message.contains("cannot assign requested address")) {
        return PORTS;
      }
      if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
        return CERTIFICATE_REFUSED;
      }
      // No client of ours has a certificate, so this is what a server says that wants one.
      if (cause instanceof SSLException
          && (message.contains("certificate_required") || message.contains("bad_certificate"))) {
        return CERTIFICATE_WANTED;
      }
      if (cause instanceof PortUnreachableException
          || cause instanceof ConnectException && message.contains("refused")) {
        return NOT_LISTENING;
      }
      if (message.contains("timed out") || cause instanceof TimeoutException) {
        return handshaking ? HANDSHAKE_TIMED_OUT : NO_ANSWER;
      }
    }
    return handshaking ? HANDSHAKE_FAILED : UNREACHABLE;
  }

  /** Whether a connection's failure is the TLS peer's alert, not the network's. */
  static boolean isAlert(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }
}
