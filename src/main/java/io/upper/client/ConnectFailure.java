package io.upper.client;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Explains in one line why a client could not connect, or lost its connection. */
public final class ConnectFailure {
  // Netty prefixes the system's message with the system call.
  private static final Pattern SYSTEM_CALL = Pattern.compile("^\\S+\\(.*?\\) failed.*?: ");

  private ConnectFailure() {}

  /** The reason in one line, without the address or a class name. */
  public static String reason(Throwable failure) {
    // The innermost message is the specific one.
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
        ? "no reason given"
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
    if (cause instanceof FileNotFoundException && message.isEmpty()) {
      return "No such file or directory"; // As NIO says of the path of a socket.
    }
    if (cause instanceof ConnectTimeoutException) {
      return "connecting timed out";
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return "TLS handshake timed out";
    }
    if (cause instanceof TimeoutException && message.isEmpty()) {
      return "timed out";
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
