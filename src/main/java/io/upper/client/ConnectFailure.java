package io.upper.client;

import io.netty.handler.codec.DecoderException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Says in plain words why a client could not connect. */
public final class ConnectFailure {

  private ConnectFailure() {}

  /** The reason in one line, without address. */
  public static String reason(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "the name is unknown";
    }
    if (cause instanceof ConnectException && cause.getMessage().contains("refused")) {
      return "connection refused";
    }
    if (cause instanceof ClosedChannelException) {
      return "the server closed the connection";
    }
    // The innermost cause of a broken handshake says what is wrong; the others wrap it.
    Throwable told = cause;
    while ((cause instanceof SSLException || cause instanceof DecoderException)
        && told.getCause() != null) {
      told = told.getCause();
    }
    return told.getMessage() == null ? told.toString() : told.getMessage();
  }
}
