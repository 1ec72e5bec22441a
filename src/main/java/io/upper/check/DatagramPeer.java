package io.upper.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One client of a server that is checked over UDP. Replies may come in any order. The socket does
 * not block; {@link Clients} drives it. Not thread-safe.
 */
public final class DatagramPeer implements Client, Clients.Driven {
  private static final int MAX_DATAGRAM = 65_535;
  private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

  // A server that floods must not fill the memory.
  private static final int MAX_UNEXPECTED = 100;

  private final DatagramChannel channel;
  private final InetSocketAddress server;
  private final Transcript transcript;
  private final ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
  private final List<byte[]> missing = new ArrayList<>();
  private final List<byte[]> unexpected = new ArrayList<>();
  private final int port;
  // The last sender that is not the server, or null.
  private SocketAddress stranger;
  private IOException failure;

  /**
   * Opens a socket on the server's side of the machine.
   *
   * @param connected whether the system passes on only what the server sends, and its refusals
   */
  DatagramPeer(Selector selector, InetSocketAddress server, long start, boolean connected)
      throws IOException {
    this.server = server;
    transcript = new Transcript(start);
    channel = DatagramChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
    InetAddress loopback = server.getAddress().isLoopbackAddress() ? server.getAddress() : null;
    channel.bind(new InetSocketAddress(loopback, 0));
    if (connected) {
      channel.connect(server);
    }
    port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Sends a datagram and expects this reply. */
  public void ask(byte[] datagram, byte[] reply) {
    missing.add(reply);
    send(datagram);
  }

  /** Sends a datagram and expects nothing. */
  public void send(byte[] datagram) {
    transcript.add(Transcript.Action.SENT, datagram);
    try {
      channel.send(ByteBuffer.wrap(datagram), server);
    } catch (IOException e) {
      failure = e;
    }
  }

  @Override
  public boolean ready() {
    boolean moved = false;
    try {
      while (unexpected.size() < MAX_UNEXPECTED) {
        buffer.clear();
        SocketAddress sender = channel.receive(buffer);
        if (sender == null) {
          break;
        }
        moved = true;
        received(Arrays.copyOf(buffer.array(), buffer.position()), sender);
      }
    } catch (IOException e) {
      failure = e; // Port unreachable.
      moved = true;
    }
    return moved;
  }

  private void received(byte[] datagram, SocketAddress sender) {
    transcript.add(Transcript.Action.RECEIVED, datagram);
    if (!sender.equals(server)) {
      stranger = sender;
    }
    for (int i = 0; i < missing.size(); i++) {
      if (Arrays.equals(missing.get(i), datagram)) {
        missing.remove(i);
        return;
      }
    }
    unexpected.add(datagram);
  }

  /** How many replies are still expected. */
  public int missing() {
    return missing.size();
  }

  /** Whether a datagram came that nobody expects. */
  public boolean hasUnexpected() {
    return !unexpected.isEmpty();
  }

  /** Who else has sent something, or null. */
  public SocketAddress stranger() {
    return stranger;
  }

  /** Why the system refuses, or null. */
  public IOException failure() {
    return failure;
  }

  @Override
  public State state() {
    return failure == null ? State.OPEN : State.FAILED;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Transcript transcript() {
    return transcript;
  }

  /** The first reply that is still missing. */
  @Override
  public byte[] expected() {
    return missing.isEmpty() ? new byte[0] : missing.get(0);
  }

  /** The first datagram that nobody expects. */
  @Override
  public byte[] received() {
    return unexpected.isEmpty() ? new byte[0] : unexpected.get(0);
  }

  @Override
  public int firstDifference() {
    int mismatch = Arrays.mismatch(expected(), received());
    return mismatch < 0 ? expected().length : mismatch;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      failure = e; // It is closed all the same.
    }
  }
}
