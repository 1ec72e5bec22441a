package io.upper.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A server that the grader starts and ends, with all processes that it starts. Its standard input
 * is empty; of its output the last lines are kept. Thread-safe.
 *
 * <p>A server whose first process ends while others serve (a daemon) may no longer print: Java
 * closes the pipe.
 */
public final class StartedServer implements CheckedServer, AutoCloseable {
  /** Stands for the port in the command. */
  public static final String PORT = "{port}";

  /** How long a server may take until it listens. */
  public static final Duration START = Duration.ofSeconds(30);

  private static final long POLL_MILLIS = 20;

  private final List<String> command;
  private final List<String> protocols;
  private volatile int port;
  private final Duration limit;
  private volatile StartedProcess process;
  private volatile InetSocketAddress address;
  private final StartedLife life = new StartedLife(this);
  private Duration cpuBefore = Duration.ZERO;
  private long peakBefore;
  private boolean closed;
  // Null until it is closed.
  private Report.Usage usage;

  private StartedServer(List<String> command, List<String> protocols, Duration limit)
      throws IOException {
    this.protocols = protocols;
    this.limit = limit;
    port = Listening.freePort();
    this.command = command;
    process = new StartedProcess(commandAtPort());
  }

  /** The command as it is run. */
  List<String> commandAtPort() {
    return command.stream().map(word -> word.replace(PORT, "" + port)).toList();
  }

  /**
   * Starts a TCP server; blocks until it listens.
   *
   * @param command in which {@value #PORT} stands for the port
   * @param limit until it must listen
   * @throws IOException in one line, if it cannot be started, ends, or does not listen; then
   *     nothing is left running
   */
  public static StartedServer start(List<String> command, Duration limit)
      throws IOException, InterruptedException {
    StartedServer server = launch(command, List.of("tcp"), limit);
    boolean listens = false;
    try {
      server.awaitListening();
      listens = true;
      return server;
    } finally {
      if (!listens) {
        server.close();
      }
    }
  }

  /**
   * Starts a server that does not listen yet; close it in any case.
   *
   * @param protocols in which it will listen, at least one: tcp, udp, tls
   * @throws IOException in one line, if it cannot be started
   */
  public static StartedServer launch(List<String> command, List<String> protocols, Duration limit)
      throws IOException {
    return new StartedServer(command, protocols, limit);
  }

  /**
   * Blocks until it listens, in each of its protocols.
   *
   * @throws IOException in one line, if it ends, or does not listen in time
   */
  public void awaitListening() throws IOException, InterruptedException {
    for (String protocol : protocols) {
      address = awaitListening(protocol.equals("udp"));
    }
  }

  private InetSocketAddress awaitListening(boolean udp) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Optional<InetSocketAddress> found = Listening.on(port, udp);
    while (found.isEmpty()) {
      Optional<String> why = process.ended();
      if (why.isPresent()) {
        throw new IOException(why.get());
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "the server does not listen on "
                + (udp ? "UDP port " : "port ")
                + port
                + " after "
                + limit.toSeconds()
                + " s"
                + process.lastLine());
      }
      Thread.sleep(POLL_MILLIS);
      found = Listening.on(port, udp);
    }
    return found.get();
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public OptionalLong memory() {
    long bytes = process.resident();
    return bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  @Override
  public Optional<String> ended() {
    return process.ended();
  }

  @Override
  public List<String> lastLines() {
    return process.lastLines();
  }

  /** On another port if the old one is not to be had. */
  @Override
  public synchronized boolean restart() {
    try {
      try {
        replace(commandAtPort());
      } catch (IOException e) {
        requireOpen();
        port = Listening.freePort();
        replace(commandAtPort());
      }
      return true;
    } catch (IOException e) {
      return false; // Its last lines say why.
    }
  }

  /**
   * Ends it, and starts this command in its place; blocks until it listens.
   *
   * @throws IOException in one line, if it does not, or all of it is closed
   */
  synchronized void replace(List<String> next) throws IOException {
    requireOpen();
    Report.Usage before = process.end();
    cpuBefore = cpuBefore.plus(before.cpu());
    peakBefore = Math.max(peakBefore, before.peakMemory());
    process = new StartedProcess(next);
    try {
      awaitListening();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  synchronized void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the grading ends");
    }
  }

  @Override
  public Optional<Lifecycle> lifecycle() {
    return Optional.of(life);
  }

  StartedProcess process() {
    return process;
  }

  /** What it has used, before restarts, too; complete after {@link #close}. */
  public synchronized Report.Usage usage() {
    Report.Usage last = usage == null ? process.usage() : usage;
    return new Report.Usage(
        cpuBefore.plus(last.cpu()), Math.max(peakBefore, last.peakMemory()), last.exit());
  }

  /** Ends it: SIGTERM, and SIGKILL after 5 s; blocks until nothing is left of it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      life.close();
      usage = process.end();
    }
  }
}
