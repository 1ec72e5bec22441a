package io.upper.check;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;

/**
 * A client of a TLS server. What it sends before the handshake is complete follows it. Its
 * transcript has the plain text, its {@link #taken} counts the network's bytes. Not thread-safe.
 */
public final class TlsPeer extends Peer {
  private static final int NETWORK_BUFFER = 64 * 1024;

  private final TlsLayer tls;
  private final ByteBuffer network = ByteBuffer.allocate(NETWORK_BUFFER);
  private boolean notified;
  private boolean keepsOpen;
  // Null unless the case sends it.
  private byte[] hello;

  /**
   * Begins to connect.
   *
   * @param holdsHello whether the case sends the ClientHello: see {@link #takeHello}
   */
  TlsPeer(Selector selector, SocketAddress server, long start, SSLEngine engine, boolean holdsHello)
      throws IOException {
    super(selector, server, start);
    tls = new TlsLayer(engine);
    hello = holdsHello ? tls.start() : null;
    if (state() == State.OPEN) {
      begin();
      ready(); // To be told when it can be written.
    }
  }

  @Override
  void begin() throws IOException {
    if (tls != null && hello == null) { // Before that the constructor runs.
      transmit(tls.start());
    }
  }

  @Override
  public void send(byte[] bytes) {
    try {
      super.send(protect(bytes));
    } catch (IOException e) {
      fail(e);
    }
  }

  /** The ClientHello, to be sent with {@link #sendRaw}. */
  public byte[] takeHello() {
    return hello;
  }

  /** Records for these bytes, to be sent with {@link #sendRaw}; after the handshake. */
  public byte[] protect(byte[] bytes) throws IOException {
    transcript().add(Transcript.Action.SENT, bytes, 0, bytes.length);
    return tls.wrap(bytes);
  }

  /** Sends bytes as they are. */
  public void sendRaw(byte[] bytes) {
    super.send(bytes);
  }

  /** Ends the TCP side (FIN) without a close_notify. */
  public void endTcp() {
    notified = true;
    end();
  }

  /** Sends a close_notify but no FIN: it still reads. */
  public void endTls() {
    keepsOpen = true;
    end();
  }

  @Override
  void written(byte[] bytes, int offset, int length) {}

  @Override
  boolean mayEnd() {
    if (!notified && tls.established()) {
      notified = true;
      try {
        transmit(tls.close());
      } catch (IOException e) {
        fail(e);
      }
      return false; // The FIN goes after it.
    }
    return notified && !keepsOpen;
  }

  /** The server's close_notify is its end; without it, the end of the connection. */
  @Override
  int read(SocketChannel from) throws IOException {
    int read = from.read(network.clear());
    if (read <= 0) {
      return read;
    }
    TlsLayer.Unwrapped result = tls.unwrap(network.flip());
    if (result.toSend().length > 0) {
      transmit(result.toSend());
    }
    if (result.received().length > 0) {
      received(result.received());
    }
    return tls.closed() ? -1 : read;
  }

  /** Whether the handshake is complete. */
  public boolean established() {
    return tls.established();
  }

  /** Whether the server has sent its close_notify. */
  public boolean serverNotified() {
    return tls.closed();
  }

  /** {@code TLSv1.3}; {@code NONE} before the handshake is complete. */
  public String version() {
    return tls.version();
  }
}
