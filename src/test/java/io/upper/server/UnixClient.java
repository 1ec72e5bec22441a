package io.upper.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client of a Unix socket as a {@link Socket}, so that tests and TLS need not know. */
final class UnixClient extends Socket {
  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  private UnixClient(SocketChannel channel) {
    this.channel = channel;
    in = Channels.newInputStream(channel);
    out = Channels.newOutputStream(channel);
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
