package io.upper.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * A right server, with a thread for each connection and blocking calls, in steps: in a wrong one
 * another step takes the place of a right one. Ends with {@link #close}, as a process does: with
 * all its connections.
 */
class WrongServer implements CheckedServer, AutoCloseable {
  private final ServerSocketChannel listener;
  private final InetSocketAddress address;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final CountDownLatch accepting = new CountDownLatch(1);
  private volatile int last = Integer.MAX_VALUE;

  /** What is done with a connection. */
  interface Step {
    void of(Connection connection) throws IOException, InterruptedException;
  }

  /** Reads. */
  interface Read {
    byte[] from(Connection connection) throws IOException;
  }

  /** Maps bytes. */
  interface Map {
    byte[] of(Connection connection, byte[] read) throws IOException;
  }

  /** Writes. */
  interface Reply {
    void to(Connection connection, byte[] reply) throws IOException;
  }

  /** Where a connection is served. */
  Consumer<Runnable> dispatch = WrongServer::start;

  /** Serves a connection; then it is closed. */
  Step serve = this::converse;

  /** Reads what has come, at least a byte; null at the end. */
  Read read = connection -> connection.read(64 * 1024);

  /** Maps what has come, as far as its characters are complete. */
  Map map = this::mapped;

  /** How many bytes at the end of what has come are kept for the next read. */
  ToIntFunction<byte[]> unfinished = WrongServer::beginning;

  /** Maps a text. */
  UnaryOperator<String> upper = text -> text.toUpperCase(Locale.ROOT);

  /** Writes a reply. */
  Reply reply = Connection::write;

  /** At the end of the input: replies to a character that stays incomplete. */
  Step end = connection -> reply.to(connection, new String(connection.kept, UTF_8).getBytes(UTF_8));

  /** A read or a write has found the connection broken. */
  Consumer<Connection> lost = connection -> {};

  /** Why it has ended, as the grader of a process knows it. */
  volatile String why;

  /** What it says about its memory, in bytes. */
  Supplier<OptionalLong> memory = OptionalLong::empty;

  /** One client's. */
  static class Connection implements Closeable {
    final SocketChannel channel;

    /** Counted in the order of accept, from 1. */
    final int number;

    /** The first bytes of a character whose others have not arrived. */
    byte[] kept = {};

    /** How many times, and how many bytes, it has received. */
    int reads;

    long bytes;

    /** For a step that wants to know whether the input has ended. */
    boolean ended;

    /** For a step that wants to know where a connection was lost. */
    volatile boolean writing;

    Connection(SocketChannel channel, int number) {
      this.channel = channel;
      this.number = number;
    }

    /** Blocks for at least one byte; null at the end of the input. */
    final byte[] read(int most) throws IOException {
      byte[] read = receive(most);
      if (read != null) {
        reads++;
        bytes += read.length;
      }
      return read;
    }

    /** From the network. */
    byte[] receive(int most) throws IOException {
      byte[] buffer = new byte[most];
      int count = channel.socket().getInputStream().read(buffer);
      return count < 0 ? null : Arrays.copyOf(buffer, count);
    }

    /** Blocks until all is written. */
    void write(byte[] reply) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(reply);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }

    /** Lets later reads fail after so long without input. */
    void timeout(int millis) throws IOException {
      channel.socket().setSoTimeout(millis);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  WrongServer() {
    this(0);
  }

  WrongServer(int port) {
    try {
      listener = ServerSocketChannel.open();
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
      address = (InetSocketAddress) listener.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to accept. */
  final void begin() {
    start(this::acceptAll);
  }

  static void start(Runnable task) {
    // Of 1,000 idle clients each has one.
    Thread thread = new Thread(null, task, "wrong-server", 256 * 1024);
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll() {
    try {
      while (true) {
        Connection connection = connection(listener.accept(), accepted.incrementAndGet());
        connections.add(connection);
        if (connection.number >= last) {
          listener.close();
        }
        dispatch.accept(() -> run(connection));
      }
    } catch (IOException e) {
      accepting.countDown(); // It was closed.
    }
  }

  /** A client's, which has just been accepted. */
  Connection connection(SocketChannel channel, int number) throws IOException {
    return new Connection(channel, number);
  }

  private void run(Connection connection) {
    try (connection) {
      serve.of(connection);
    } catch (IOException e) {
      lost.accept(connection);
    } catch (InterruptedException | IndexOutOfBoundsException e) {
      // Its connection ends with it.
    } finally {
      connections.remove(connection);
    }
  }

  /** Serves this many clients more; 0 ends at once. */
  final void endAfter(int clients) {
    last = accepted.get() + clients;
    if (clients == 0) {
      close();
      try {
        accepting.await(); // Until then the kernel still accepts.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Serves a connection until its input ends; then it is closed. */
  void converse(Connection connection) throws IOException, InterruptedException {
    for (byte[] got = read.from(connection); got != null; got = read.from(connection)) {
      reply.to(connection, map.of(connection, got));
    }
    end.of(connection);
  }

  private byte[] mapped(Connection connection, byte[] read) {
    byte[] text = joined(connection.kept, read);
    int kept = unfinished.applyAsInt(text);
    connection.kept = Arrays.copyOfRange(text, text.length - kept, text.length);
    return upper.apply(new String(text, 0, text.length - kept, UTF_8)).getBytes(UTF_8);
  }

  /** How many bytes at the end of a text are the beginning of a character. */
  static int beginning(byte[] text) {
    for (int back = 1; back <= Math.min(3, text.length); back++) {
      int value = text[text.length - back] & 0xff;
      if (value >= 0xc0) {
        return back < (value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2) ? back : 0;
      }
      if (value < 0x80) {
        return 0;
      }
    }
    return 0;
  }

  static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first);
    all.writeBytes(second);
    return all.toByteArray();
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // What the grader asks.

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public OptionalLong memory() {
    return memory.get();
  }

  @Override
  public Optional<String> ended() {
    return Optional.ofNullable(why);
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Connection connection : connections) {
        connection.channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
