package io.upper.server;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.upper.text.Word;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Map;

/**
 * Why a connection failed in its TLS handshake, or the PROXY header before it.
 *
 * @param reason the kind of failure, for metrics
 * @param text the root cause, in one line
 */
record HandshakeFailure(Reason reason, String text) {
  // For non-TLS input Netty's message contains everything received.
  private static final int MAX_TEXT = 160;
  // By name, since its library is optional.
  private static final String PROXY_FAILURE =
      "io.netty.handler.codec.haproxy.HAProxyProtocolException";

  enum Reason implements Word {
    /** The input is not TLS. */
    NO_TLS,
    /** Client and server have no TLS version in common. */
    VERSION,
    /** No common cipher suite, group or signature algorithm. */
    NOTHING_IN_COMMON,
    /** The client does not accept the server's certificate. */
    CERTIFICATE_REFUSED,
    /** The client has no certificate, or one that is not trusted. */
    CLIENT_CERTIFICATE,
    /** The client closed or reset the connection. */
    CLOSED,
    /** The handshake, or the PROXY header, took too long. */
    TIMEOUT,
    /** The PROXY header is wrong. */
    PROXY_HEADER,
    /** Any other cause; see the log. */
    OTHER
  }

  // Substrings of messages of BoringSSL and the JDK, in upper case.
  private static final Map<String, Reason> MESSAGES =
      Map.ofEntries(
          Map.entry("UNSUPPORTED_PROTOCOL", Reason.VERSION),
          Map.entry("PROTOCOL_VERSION", Reason.VERSION),
          Map.entry("CLIENT REQUESTED PROTOCOL", Reason.VERSION),
          Map.entry("NOT ENABLED OR SUPPORTED", Reason.VERSION),
          Map.entry("NOT ACCEPTED BY SERVER PREFERENCES", Reason.VERSION),
          Map.entry("NO_SHARED_", Reason.NOTHING_IN_COMMON),
          Map.entry("WRONG_CURVE", Reason.NOTHING_IN_COMMON),
          Map.entry("NO_COMMON_", Reason.NOTHING_IN_COMMON),
          Map.entry("NO COMMON", Reason.NOTHING_IN_COMMON),
          Map.entry("IN COMMON", Reason.NOTHING_IN_COMMON),
          Map.entry("NO AVAILABLE AUTHENTICATION", Reason.NOTHING_IN_COMMON),
          Map.entry("UNABLE TO FIND KEY MATERIAL", Reason.NOTHING_IN_COMMON),
          Map.entry("HANDSHAKE_FAILURE", Reason.NOTHING_IN_COMMON),
          Map.entry("ALERT_CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("ALERT_BAD_CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("ALERT_UNSUPPORTED_CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("ALERT_UNKNOWN_CA", Reason.CERTIFICATE_REFUSED),
          Map.entry("FATAL ALERT: CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("FATAL ALERT: BAD_CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("FATAL ALERT: UNSUPPORTED_CERTIFICATE", Reason.CERTIFICATE_REFUSED),
          Map.entry("FATAL ALERT: UNKNOWN_CA", Reason.CERTIFICATE_REFUSED),
          Map.entry("DID_NOT_RETURN_A_CERTIFICATE", Reason.CLIENT_CERTIFICATE),
          Map.entry("EMPTY CLIENT CERTIFICATE", Reason.CLIENT_CERTIFICATE),
          Map.entry("CERTIFICATE_VERIFY_FAILED", Reason.CLIENT_CERTIFICATE),
          Map.entry("CONNECTION CLOSED WHILE", Reason.CLOSED),
          Map.entry("CONNECTION RESET", Reason.CLOSED),
          Map.entry("BROKEN PIPE", Reason.CLOSED));

  static HandshakeFailure of(Throwable failure) {
    Throwable innermost = failure;
    Reason reason = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      innermost = cause;
      reason = reason == null ? byType(cause) : reason;
    }
    String text = String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
    // error:10000416:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN
    // (certificate_required) Empty client certificate chain: Java 25
    text = text.replaceFirst("^error:.*OPENSSL_internal:|^\\([a-z_]+\\) ", "");
    if (reason == Reason.NO_TLS) {
      text = "it does not speak TLS";
    } else if (innermost instanceof ClosedChannelException) {
      text = "the client closed the connection";
    } else if (text.isEmpty() || text.equals("null")) {
      text = innermost.getClass().getSimpleName();
    }
    if (reason == null) {
      String upper = text.toUpperCase(Locale.ROOT);
      reason =
          MESSAGES.entrySet().stream()
              .filter(message -> upper.contains(message.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(Reason.OTHER);
    }
    return new HandshakeFailure(
        reason, text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...");
  }

  private static Reason byType(Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return Reason.NO_TLS;
    } else if (cause instanceof SslHandshakeTimeoutException) {
      return Reason.TIMEOUT;
    } else if (cause instanceof ClosedChannelException) {
      return Reason.CLOSED;
    } else if (cause.getClass().getName().equals(PROXY_FAILURE)) {
      return Reason.PROXY_HEADER;
    } else if (cause instanceof CertificateException
        || cause instanceof CertPathBuilderException
        || cause instanceof CertPathValidatorException) {
      return Reason.CLIENT_CERTIFICATE;
    }
    return null;
  }
}
