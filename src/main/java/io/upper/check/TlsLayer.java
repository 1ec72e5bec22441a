package io.upper.check;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** TLS between a client and its socket: bytes in, bytes out, no waiting. Not thread-safe. */
final class TlsLayer {
  private final SSLEngine engine;
  private final ByteBuffer plain;
  private final ByteBuffer record;
  private ByteBuffer incoming;
  private final List<byte[]> early = new ArrayList<>();
  private boolean established;

  TlsLayer(SSLEngine engine) {
    this.engine = engine;
    plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    incoming = ByteBuffer.allocate(2 * record.capacity());
  }

  /** The ClientHello. */
  byte[] start() throws SSLException {
    engine.beginHandshake();
    return flush();
  }

  /** Records for these bytes; none before the handshake is complete: then they are kept. */
  byte[] wrap(byte[] bytes) throws SSLException {
    if (!established) {
      early.add(bytes);
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    // After the server's close_notify TLS 1.2 has closed this side, too (RFC 5246, 7.2.1).
    while (from.hasRemaining() && !engine.isOutboundDone()) {
      wrap(from, out);
    }
    return out.toByteArray();
  }

  /** A close_notify. */
  byte[] close() throws SSLException {
    engine.closeOutbound();
    return flush();
  }

  /** What of a reply came, and what has to be sent. */
  record Unwrapped(byte[] received, byte[] toSend) {}

  /**
   * Takes what has come from the network.
   *
   * @throws SSLException if it is not TLS, or an alert
   */
  Unwrapped unwrap(ByteBuffer network) throws SSLException {
    if (incoming.remaining() < network.remaining()) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (incoming.position() + network.remaining()));
      incoming = larger.put(incoming.flip());
    }
    incoming.put(network).flip();
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    ByteArrayOutputStream toSend = new ByteArrayOutputStream();
    while (true) {
      runTasks();
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        toSend.writeBytes(flush());
      }
      SSLEngineResult result = engine.unwrap(incoming, plain.clear());
      received.write(plain.array(), 0, plain.position());
      runTasks();
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        toSend.writeBytes(flush());
      }
      if (!established && isHandshaken()) {
        established = true;
        for (byte[] kept : early) {
          toSend.writeBytes(wrap(kept));
        }
        early.clear();
      }
      boolean idle = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
      if (idle && engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP_AGAIN
          || engine.isInboundDone()) {
        break;
      }
    }
    incoming.compact();
    return new Unwrapped(received.toByteArray(), toSend.toByteArray());
  }

  private boolean isHandshaken() {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
        && !engine.getSession().getProtocol().equals("NONE");
  }

  private byte[] flush() throws SSLException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    do {
      runTasks();
      int before = out.size();
      wrap(ByteBuffer.allocate(0), out);
      if (out.size() == before) {
        break;
      }
    } while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
    return out.toByteArray();
  }

  private void wrap(ByteBuffer from, ByteArrayOutputStream out) throws SSLException {
    engine.wrap(from, record.clear());
    out.write(record.array(), 0, record.position());
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Whether the handshake is complete. */
  boolean established() {
    return established;
  }

  /** Whether the server's close_notify has come. */
  boolean closed() {
    return engine.isInboundDone();
  }

  /** {@code TLSv1.3}. */
  String version() {
    return engine.getSession().getProtocol();
  }
}
