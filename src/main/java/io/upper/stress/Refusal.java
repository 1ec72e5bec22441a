package io.upper.stress;

import io.upper.text.Word;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a client failed to connect. */
public enum Refusal implements Word {
  /** No server listens: reset after the SYN, or ICMP after the datagram. */
  NOT_LISTENING,
  /** No reply to the SYN within the timeout. */
  NO_ANSWER,
  /** No route, or any other error of the system. */
  UNREACHABLE,
  /** TLS: the handshake timed out. */
  HANDSHAKE_TIMED_OUT,
  /** TLS: the handshake failed for another reason. */
  HANDSHAKE_FAILED,
  /** TLS: the server's certificate is not trusted. */
  CERTIFICATE_REFUSED,
  /** TLS: the server requires a client certificate. */
  CERTIFICATE_WANTED,
  /** This machine is out of file descriptors. */
  DESCRIPTORS,
  /** This machine is out of ephemeral ports. */
  PORTS;

  /** Whether it is a limit of the generator's own machine, so no statement about the server. */
  public boolean isOwn() {
    return this == DESCRIPTORS || this == PORTS;
  }

  /**
   * Classifies a failure.
   *
   * @param handshaking whether the TCP connection was already established
   * @param connected whether any client has connected before; if not, an address that cannot be
   *     assigned means no route to the server
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
      // The generator has no client certificate, so these alerts mean that one is required.
      if (cause instanceof SSLException
          && (message.contains("certificate_required") || message.contains("bad_certificate"))) {
        return CERTIFICATE_WANTED;
      }
      if (cause instanceof PortUnreachableException
          || cause instanceof ConnectException && message.contains("refused")
          || cause instanceof FileNotFoundException // Of a Unix domain socket.
          || message.contains("no such file or directory")) {
        return NOT_LISTENING;
      }
      if (message.contains("timed out") || cause instanceof TimeoutException) {
        return handshaking ? HANDSHAKE_TIMED_OUT : NO_ANSWER;
      }
    }
    return handshaking ? HANDSHAKE_FAILED : UNREACHABLE;
  }

  /** Whether a connection failed by a TLS alert rather than by the network. */
  static boolean isAlert(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }
}
