package io.upper.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One client of a checked server: what it sends, what it expects, and what it gets. The socket does
 * not block; {@link Clients} drives it. Not thread-safe.
 *
 * <pre>
 *   CONNECTING --> OPEN --> SERVER_ENDED   the server has sent its FIN
 *        |           +----> RESET          by the server
 *        +--> FAILED                       see {@link #failure}
 * </pre>
 */
public final class Peer implements Client, Clients.Driven {
  // A server that floods must not fill the memory: that much too much is enough to say so.
  private static final int MAX_EXTRA = 64 * 1024;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Transcript transcript;
  private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
  private final Reply reply = new Reply();
  private long taken;
  private State state = State.CONNECTING;
  private IOException failure;
  private int port;
  private boolean reading = true;
  private boolean ending;
  private boolean ended;

  Peer(Selector selector, InetSocketAddress server, long start) throws IOException {
    transcript = new Transcript(start);
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    try {
      if (channel.connect(server)) {
        connected();
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  /** Sends bytes, in a segment of their own if the network lets them through at once. */
  public void send(byte[] bytes) {
    unsent.add(ByteBuffer.wrap(bytes));
    if (state != State.CONNECTING && state != State.FAILED) {
      ready();
    }
  }

  /** Sends a text as UTF-8. */
  public void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Expects these bytes, after what it expects already. */
  public void expect(byte[] bytes) {
    reply.expect(bytes);
  }

  /** Expects this text, as UTF-8. */
  public void expect(String text) {
    expect(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends its side (FIN) after everything was sent; it still reads. */
  public void end() {
    ending = true;
    ready();
  }

  /** From now on reads nothing, so that the server's replies stay in the network. */
  public void stopReading() {
    reading = false;
    interest();
  }

  /** Reads again. */
  public void readOn() {
    reading = true;
    interest();
  }

  /** Closes both sides; what was not read is lost, and the kernel may answer with a reset. */
  @Override
  public void close() {
    if (channel.isOpen()) {
      transcript.add(Transcript.Action.CLOSED);
      closeQuietly();
    }
  }

  /** Breaks the connection with a reset (RST). */
  public void reset() throws IOException {
    transcript.add(Transcript.Action.RESET);
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    closeQuietly();
  }

  private void closeQuietly() {
    try {
      channel.close();
    } catch (IOException e) {
      failure = e; // It is closed all the same.
    }
  }

  @Override
  public boolean ready() {
    if (!channel.isOpen() || state == State.FAILED) {
      return false;
    }
    boolean moved = false;
    if (state == State.CONNECTING) {
      try {
        if (!channel.finishConnect()) {
          return false;
        }
        connected();
        moved = true;
      } catch (IOException e) {
        fail(e);
        return true;
      }
    }
    moved |= write();
    moved |= read();
    interest();
    return moved;
  }

  private void connected() throws IOException {
    state = State.OPEN;
    port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    transcript.add(Transcript.Action.CONNECTED);
    interest();
  }

  private void fail(IOException cause) {
    state = State.FAILED;
    failure = cause;
    key.cancel();
    closeQuietly();
  }

  private boolean write() {
    boolean moved = false;
    try {
      while (!unsent.isEmpty()) {
        ByteBuffer next = unsent.peek();
        int from = next.position();
        int written = channel.write(next);
        if (written > 0) {
          moved = true;
          taken += written;
          transcript.add(Transcript.Action.SENT, next.array(), from, written);
        }
        if (next.hasRemaining()) {
          return moved;
        }
        unsent.remove();
      }
      if (ending && !ended) {
        ended = true;
        channel.shutdownOutput();
        transcript.add(Transcript.Action.ENDED);
        moved = true;
      }
    } catch (IOException e) {
      unsent.clear(); // The connection is broken; reading tells how.
      ended = true;
    }
    return moved;
  }

  private boolean read() {
    boolean moved = false;
    try {
      while (wantsMore()) {
        ByteBuffer room = reply.room();
        int from = room.position();
        int read = channel.read(room);
        if (read == 0) {
          break;
        }
        moved = true;
        if (read < 0) {
          state = State.SERVER_ENDED;
          transcript.add(Transcript.Action.SERVER_ENDED);
        } else {
          transcript.add(Transcript.Action.RECEIVED, room.array(), from, read);
          reply.received(read);
        }
      }
    } catch (IOException e) {
      state = State.RESET;
      failure = e;
      transcript.add(Transcript.Action.SERVER_RESET);
      moved = true;
    }
    return moved;
  }

  private boolean wantsMore() {
    return reading
        && state == State.OPEN
        && reply.receivedCount() < reply.expectedCount() + MAX_EXTRA;
  }

  private void interest() {
    if (!key.isValid() || state == State.CONNECTING) {
      return;
    }
    int operations = 0;
    if (wantsMore()) {
      operations |= SelectionKey.OP_READ;
    }
    if (!unsent.isEmpty()) {
      operations |= SelectionKey.OP_WRITE;
    }
    key.interestOps(operations);
  }

  /** Whether it is connected, or was. */
  boolean wasConnected() {
    return state != State.CONNECTING && state != State.FAILED;
  }

  @Override
  public State state() {
    return state;
  }

  /** Whether nothing can arrive any more. */
  public boolean over() {
    return state == State.SERVER_ENDED || state == State.RESET || state == State.FAILED;
  }

  /** Whether everything expected has arrived, or something else, or nothing can arrive any more. */
  boolean answered() {
    return reply.receivedCount() >= reply.expectedCount() || reply.differs() || over();
  }

  /** Whether a byte differs from the expected one. */
  boolean differs() {
    return reply.differs();
  }

  @Override
  public int firstDifference() {
    return reply.firstDifference();
  }

  @Override
  public byte[] received() {
    return reply.received();
  }

  /** How many bytes it has received. */
  public int receivedCount() {
    return reply.receivedCount();
  }

  @Override
  public byte[] expected() {
    return reply.expected();
  }

  int expectedCount() {
    return reply.expectedCount();
  }

  /** How many bytes the network has taken. */
  public long taken() {
    return taken;
  }

  /** Whether everything was sent. */
  boolean sent() {
    return unsent.isEmpty();
  }

  /** Whether it has ended its side. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Transcript transcript() {
    return transcript;
  }

  /** Why it failed to connect, or null. */
  IOException failure() {
    return failure;
  }
}
