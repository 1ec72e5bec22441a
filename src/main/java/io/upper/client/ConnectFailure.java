package io.upper.client;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Says in plain words why a client could not connect, or lost its connection. */
public final class ConnectFailure {
  // Netty puts the system call before the system's words.
  private static final Pattern SYSTEM_CALL = Pattern.compile("^\\S+\\(.*?\\) failed.*?: ");

  private ConnectFailure() {}

  /** The reason in one line, without address and without the name of a class. */
  public static String reason(Throwable failure) {
    // The innermost cause says what is wrong; the others wrap it.
    String message = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String known = known(cause);
      if (known != null) {
        return known;
      }
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        message = cause.getMessage();
      }
    }
    return message == null
        ? "it failed without a reason"
        : SYSTEM_CALL.matcher(message.strip().lines().findFirst().get()).replaceFirst("");
  }

  private static String known(Throwable cause) {
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    if (cause instanceof UnknownHostException) {
      return message.startsWith("no such interface") ? message : "the name is unknown";
    }
    if (cause instanceof PortUnreachableException) {
      return "port unreachable: nothing listens there";
    }
    if (cause instanceof ConnectException && message.contains("refused")) {
      return "connection refused";
    }
    if (cause instanceof ConnectTimeoutException) {
      return "no connection in time";
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return "no TLS handshake in time";
    }
    if (cause instanceof TimeoutException && message.isEmpty()) {
      return "no answer in time";
    }
    if (cause instanceof NotSslRecordException) {
      return "the server does not speak TLS";
    }
    if (cause instanceof ClosedChannelException) {
      return "the server closed the connection";
    }
    return null;
  }
}
