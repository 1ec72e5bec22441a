package io.upper.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProtocols;
import io.netty.internal.tcnative.SSL;
import java.lang.reflect.Field;

/**
 * Lets a connection go on sending after its peer's close_notify, as TLS 1.3 has it (RFC 8446,
 * section 6.1).
 *
 * <p>Netty 4.2.18 closes an OpenSSL engine in both directions then, and every reply still at work
 * is lost. It does so once: an engine that takes the close_notify for received already does not. So
 * it has to be asked after each read whether it was.
 */
final class OpenSslHalfClose {
  static final Hook<Field> RECEIVED_SHUTDOWN =
      Hook.find(
          "this version of Netty has no receivedShutdown: replies that are not sent yet when a"
              + " client of TLS 1.3 half-closes are lost",
          OpenSslHalfClose::field);

  private final ReferenceCountedOpenSslEngine engine;

  private OpenSslHalfClose(ReferenceCountedOpenSslEngine engine) {
    this.engine = engine;
  }

  /** Prepares a connection whose handshake is done; null when it needs nothing of this. */
  static OpenSslHalfClose enable(Channel channel) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    Field receivedShutdown = RECEIVED_SHUTDOWN.get();
    if (handler != null
        && receivedShutdown != null
        && handler.engine() instanceof ReferenceCountedOpenSslEngine engine
        && engine.getSession().getProtocol().equals(SslProtocols.TLS_v1_3)) {
      try {
        receivedShutdown.setBoolean(engine, true);
        return new OpenSslHalfClose(engine);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    return null;
  }

  /** Whether the peer's close_notify has come. */
  boolean isReceived() {
    // Its own lock keeps it from being freed in between; a pointer of 0 is one that has been.
    synchronized (engine) {
      long pointer = engine.sslPointer();
      return pointer != 0 && (SSL.getShutdown(pointer) & SSL.SSL_RECEIVED_SHUTDOWN) != 0;
    }
  }

  private static Field field() throws NoSuchFieldException {
    Field field = ReferenceCountedOpenSslEngine.class.getDeclaredField("receivedShutdown");
    field.setAccessible(true);
    return field;
  }
}
