package io.upper.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client of a Unix socket as a {@link Socket}, so that tests and TLS need not know. */
final class UnixClient extends Socket {
  private final SocketChannel channel;
  // Those of java.nio.channels.Channels exclude each other on Java 17: no write while one reads.
  private final InputStream in = new In();
  private final OutputStream out = new Out();

  private UnixClient(SocketChannel channel) {
    this.channel = channel;
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return channel.read(ByteBuffer.wrap(to, offset, length));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  static UnixClient connect(Path path) throws IOException {
    return new UnixClient(SocketChannel.open(UnixDomainSocketAddress.of(path)));
  }

  @Override
  public SocketChannel getChannel() {
    return channel;
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  /** Without effect: a channel has none; the time limits of the tests remain. */
  @Override
  public void setSoTimeout(int millis) {}

  /** Without effect: there is no reset, but that of a close with unread input. */
  @Override
  public void setSoLinger(boolean on, int seconds) {}

  @Override
  public int getSoTimeout() {
    return 0;
  }

  /** Without effect: there are no segments. */
  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return null;
  }
}
