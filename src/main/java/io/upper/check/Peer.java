package io.upper.check;

import io.upper.net.Addresses;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLException;

/**
 * One client of a checked server: what it sends, what it expects, and what it gets. The socket does
 * not block; {@link Clients} drives it. Not thread-safe.
 *
 * <pre>
 *   CONNECTING --> OPEN --> SERVER_ENDED   the server has sent its FIN
 *        |           +----> RESET          by the server
 *        +--> FAILED                       see {@link #failure}; also by an error of TLS
 * </pre>
 */
public class Peer implements Client, Clients.Driven {
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

  Peer(Selector selector, SocketAddress server, long start) throws IOException {
    transcript = new Transcript(start);
    boolean unix = server instanceof UnixDomainSocketAddress;
    channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    channel.configureBlocking(false);
    if (!unix) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
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
    transmit(bytes);
    if (state != State.CONNECTING && state != State.FAILED) {
      ready();
    }
  }

  /** Queues bytes for the network. */
  final void transmit(byte[] bytes) {
    unsent.add(ByteBuffer.wrap(bytes));
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
      deregister();
      closeQuietly();
    }
  }

  // Java first only ends the output of a registered channel: the server would see no reset.
  private void deregister() {
    key.cancel();
    try {
      key.selector().selectNow();
      key.selector().selectedKeys().clear();
    } catch (IOException e) {
      failure = e;
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
    port = Addresses.port(channel.getLocalAddress());
    transcript.add(Transcript.Action.CONNECTED);
    begin();
    interest();
  }

  /** The connection is there. */
  void begin() throws IOException {}

  final void fail(IOException cause) {
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
          written(next.array(), from, written);
        }
        if (next.hasRemaining()) {
          return moved;
        }
        unsent.remove();
      }
      if (ending && !ended && mayEnd()) {
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

  /** The network has taken these bytes. */
  void written(byte[] bytes, int offset, int length) {
    transcript.add(Transcript.Action.SENT, bytes, offset, length);
  }

  /** Whether nothing has to be sent before the FIN. */
  boolean mayEnd() {
    return true;
  }

  private boolean read() {
    boolean moved = false;
    try {
      while (wantsMore()) {
        int read = read(channel);
        if (read == 0) {
          break;
        }
        moved = true;
        if (read < 0) {
          state = State.SERVER_ENDED;
          transcript.add(Transcript.Action.SERVER_ENDED);
        }
      }
    } catch (SSLException e) {
      state = State.FAILED;
      failure = e;
      moved = true;
    } catch (IOException e) {
      state = State.RESET;
      failure = e;
      transcript.add(Transcript.Action.SERVER_RESET);
      moved = true;
    }
    return moved;
  }

  /** Reads what there is; -1 at the end. */
  int read(SocketChannel from) throws IOException {
    ByteBuffer room = reply.room();
    int start = room.position();
    int read = from.read(room);
    if (read > 0) {
      transcript.add(Transcript.Action.RECEIVED, room.array(), start, read);
      reply.received(read);
    }
    return read;
  }

  /** These bytes of the reply have come. */
  final void received(byte[] bytes) {
    transcript.add(Transcript.Action.RECEIVED, bytes, 0, bytes.length);
    reply.received(bytes);
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

  @Override
  public int port() {
    return port;
  }

  @Override
  public boolean reads() {
    return reading;
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
