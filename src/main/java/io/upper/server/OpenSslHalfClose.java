package io.upper.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProtocols;
import io.netty.internal.tcnative.SSL;
import java.lang.reflect.Field;

/**
 * Lets a connection send after its peer's close_notify, as TLS 1.3 allows (RFC 8446, section 6.1).
 *
 * <p>Netty 4.2.18 then closes an OpenSSL engine in both directions, and every reply in flight is
 * lost. It does so only once, so the engine is made to believe that the close_notify was received;
 * after each read the engine is queried whether it really was.
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

  /** Prepares a connection whose handshake is done; null if it needs no preparation. */
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

  /** Whether the peer's close_notify has arrived. */
  boolean isReceived() {
    // Its lock keeps it from being freed meanwhile; 0 means that it already was.
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
