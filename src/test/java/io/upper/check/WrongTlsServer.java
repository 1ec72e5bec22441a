package io.upper.check;

import io.upper.cert.ServerIdentities;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** A right server that speaks TLS; in a wrong one another step takes the place of a right one. */
final class WrongTlsServer extends WrongServer {
  private static final int NETWORK_BUFFER = 64 * 1024;

  /** What is done with a connection. */
  interface TlsStep {
    void of(Secured connection) throws IOException;
  }

  /** Reads. */
  interface TlsRead {
    byte[] from(Secured connection) throws IOException;
  }

  /** Its certificate, and how many others it sends with it. */
  String certificate = ServerIdentities.RIGHT;

  int chain = Integer.MAX_VALUE;

  /** The versions that it speaks. */
  String[] versions = {"TLSv1.2", "TLSv1.3"};

  /** In the thread that accepts. */
  TlsStep accepted = connection -> {};

  /** Reads from the network; null at its end. */
  TlsRead network = Secured::fromNetwork;

  /** The client has ended its TCP side without a close_notify. */
  TlsStep cut = connection -> {};

  /** What came is not TLS, or an alert: the answer is one. */
  TlsStep refused = Secured::notifyClose;

  /** Before it closes the connection. */
  TlsStep bye = Secured::notifyClose;

  private final ServerIdentities identities;
  private final TlsIdentity identity;

  // Made for its first connection.
  private SSLContext context;

  WrongTlsServer(int port, ServerIdentities identities) {
    super(port);
    this.identities = identities;
    identity = new TlsIdentity("localhost", List.of(identities.authority()));
  }

  @Override
  Connection connection(SocketChannel channel, int number) throws IOException {
    if (context == null) {
      context = identities.context(certificate, chain);
    }
    Secured connection = new Secured(channel, number, engine());
    accepted.of(connection);
    return connection;
  }

  private SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(versions);
    return engine;
  }

  @Override
  public Optional<TlsIdentity> tls() {
    return Optional.of(identity);
  }

  /** One client's, with TLS. */
  final class Secured extends Connection {
    private final TlsLayer tls;
    private byte[] plain = {};

    /** Bytes of the network that a step keeps. */
    byte[] held = {};

    /** Whether what came was not TLS, or an alert. */
    boolean broken;

    private Secured(SocketChannel channel, int number, SSLEngine engine) {
      super(channel, number);
      tls = new TlsLayer(engine);
    }

    byte[] fromNetwork() throws IOException {
      return super.receive(NETWORK_BUFFER);
    }

    boolean established() {
      return tls.established();
    }

    /** Blocks until the handshake is complete, or has failed. */
    void handshake() throws IOException {
      while (!tls.established() && take()) {
        // A step of the handshake.
      }
    }

    @Override
    byte[] receive(int most) throws IOException {
      while (plain.length == 0 && take()) {
        // Not yet a byte of text.
      }
      if (plain.length == 0) {
        return null;
      }
      byte[] received = Arrays.copyOf(plain, Math.min(most, plain.length));
      plain = Arrays.copyOfRange(plain, received.length, plain.length);
      return received;
    }

    /** Takes what comes next from the network; false at the end. */
    private boolean take() throws IOException {
      if (tls.closed()) {
        return false;
      }
      byte[] read = network.from(this);
      if (read == null) {
        cut.of(this);
        return false;
      }
      try {
        TlsLayer.Unwrapped unwrapped = tls.unwrap(ByteBuffer.wrap(read));
        super.write(unwrapped.toSend());
        plain = joined(plain, unwrapped.received());
        return true;
      } catch (SSLException e) {
        broken = true;
        refused.of(this);
        throw e;
      }
    }

    @Override
    void write(byte[] reply) throws IOException {
      super.write(tls.wrap(reply));
    }

    void notifyClose() throws IOException {
      super.write(tls.close());
    }

    @Override
    public void close() throws IOException {
      try (channel) {
        bye.of(this);
      } catch (IOException e) {
        // The client is gone; it is closed all the same.
      }
    }
  }
}
