package io.upper.check;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/** The beginning and the end of a started server. Only {@link #close} may come from any thread. */
final class StartedLife implements Lifecycle, AutoCloseable {
  private static final long POLL_NANOS = 20_000_000;

  // Both limits, since a JVM raises the soft one; its arguments are the limit and the command.
  private static final List<String> LIMITING =
      List.of("sh", "-c", "ulimit -n \"$0\" && exec \"$@\"");

  private final StartedServer server;
  // Whether it is no longer as it was started.
  private boolean changed;
  // Null before there was one.
  private volatile StartedProcess second;

  StartedLife(StartedServer server) {
    this.server = server;
  }

  @Override
  public void terminate() {
    changed = true;
    server.process().signal(false);
  }

  @Override
  public void kill() {
    changed = true;
    server.process().signal(true);
  }

  @Override
  public Optional<String> left(Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    Optional<String> left = left();
    while (left.isPresent() && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
      left = left();
    }
    return left;
  }

  private Optional<String> left() throws IOException {
    int running = server.process().running();
    if (running > 0) {
      return Optional.of(running == 1 ? "a process still runs" : running + " processes still run");
    }
    return Listening.on(server.address().getPort(), false)
        .map(address -> "somebody still listens at its port");
  }

  @Override
  public void startAgain() throws IOException {
    changed = true;
    server.replace(server.commandAtPort());
    changed = false;
  }

  @Override
  public void startAgain(int spare) throws NotApplicable {
    int open = server.process().descriptors();
    if (open == 0) {
      throw new NotApplicable("its descriptors can be counted on Linux only");
    }
    changed = true;
    List<String> limited = new ArrayList<>(LIMITING);
    limited.add("" + (open + spare));
    limited.addAll(server.commandAtPort());
    try {
      server.replace(limited);
    } catch (IOException e) {
      throw new NotApplicable(
          "it does not start with " + (open + spare) + " descriptors: " + e.getMessage());
    }
  }

  @Override
  public OptionalInt startSecond(Duration limit) throws IOException {
    synchronized (server) { // Either it is not started, or it is closed.
      server.requireOpen();
      second = new StartedProcess(server.commandAtPort());
    }
    try {
      return second.status(limit);
    } finally {
      second.end();
    }
  }

  @Override
  public Duration cpu() {
    return server.process().usage().cpu();
  }

  @Override
  public void restore() {
    if (changed) {
      server.restart();
      changed = false;
    }
  }

  /** Ends a second copy. */
  @Override
  public void close() {
    if (second != null) {
      second.end();
    }
  }
}
