package io.upper.prefork;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.jvm.Daemon;
import io.upper.server.TlsCredentials;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts {@code processes} server processes that share the ports, restarts those that die, and
 * exits after them. It serves nothing itself and needs no event loop: one thread per process, in
 * plain blocking code.
 *
 * <p><b>When to choose it:</b> when a crash must cost only some of the clients, or one garbage
 * collector cannot keep up with all of them. <b>Its limit:</b> the kernel chooses the process when
 * a client connects, so idle processes take no load off a busy one.
 *
 * <p><b>Python:</b> the preforking servers, with multiprocessing's Process and Pool.
 */
public final class Supervisor {
  /** Argument prefix; a protocol follows whose port is first bound exclusively. */
  public static final String EXCLUSIVE = "--exclusive=";

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  // How long a process may outlast its drain before it is killed.
  private static final int GRACE_SECONDS = 5;

  private final RestartPolicy restartPolicy;
  private final Watchdog watchdog;
  private final List<String> command;
  // Ports of the first process once it listens; null if it never will.
  private final CompletableFuture<JsonObject> firstPorts = new CompletableFuture<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<ServerProcess> alive = new ArrayList<>();
  private final Set<Integer> listening = new HashSet<>();
  private JsonObject ports;
  private volatile Configuration configuration;
  private volatile ProcessConfigurations processConfigs;
  private volatile ServerProcess.End firstEnd;
  private volatile String failure;
  private volatile Consumer<JsonObject> whenAllListen = ports -> {};
  // Null if nobody watches.
  private volatile ProcessEvents events;

  /**
   * @param command command line of each process, which reads its configuration from standard input
   */
  public Supervisor(Configuration configuration, List<String> command) {
    this(configuration, command, RestartPolicy.DEFAULT, Watchdog.of(command));
  }

  Supervisor(
      Configuration configuration,
      List<String> command,
      RestartPolicy restartPolicy,
      Watchdog watchdog) {
    this.restartPolicy = restartPolicy;
    this.watchdog = watchdog;
    this.configuration = configuration;
    this.command = command;
    this.processConfigs = new ProcessConfigurations(configuration, null);
  }

  /**
   * Sets the listener that is called once, when all processes listen: with the ports by protocol,
   * and as {@code pids} those of the processes in order. Call it before {@link #supervise}.
   */
  public void onListening(Consumer<JsonObject> listener) {
    whenAllListen = listener;
  }

  /** Sets the receiver of what processes report. Call it before {@link #supervise}. */
  public void onEvents(ProcessEvents receiver) {
    events = receiver;
  }

  /** The configuration in force. Any thread may call. */
  public Configuration configuration() {
    return configuration;
  }

  /** The port of a server, which all processes share; 0 before it is known. Any thread may call. */
  public int port(Protocol protocol) {
    return configuration.server(protocol).enabled() ? processConfigs.port(protocol) : 0;
  }

  /**
   * Serves until {@link #stop}; blocks.
   *
   * @return the exit status: 0, or that of the first process if it cannot serve and has printed why
   * @throws IOException if processes keep dying
   */
  public int supervise() throws IOException, InterruptedException {
    Daemon.start("upper-watch", this::watch);
    List<Thread> keepers = new ArrayList<>();
    // The first one starts alone: it may choose free ports and create the certificate for all.
    keepers.add(startKeeper(1));
    ports = firstPorts.join();
    if (ports != null) {
      processConfigs = new ProcessConfigurations(configuration, ports);
      started.countDown();
      for (int number = 2; number <= configuration.processes(); number++) {
        keepers.add(startKeeper(number));
      }
      stopping.await();
    }
    awaitStopped(keepers);
    if (failure != null) {
      throw new IOException(failure);
    }
    return firstEnd == null ? 0 : notStarted(firstEnd);
  }

  private Thread startKeeper(int number) {
    Keeper keeper = new Keeper(this, number, restartPolicy, stopping);
    return Daemon.start(
        "upper-keeper-" + number, number == 1 ? () -> keepFirst(keeper) : keeper::keepRunning);
  }

  private void keepFirst(Keeper keeper) {
    try {
      keeper.keepRunning();
    } finally {
      firstPorts.complete(null); // No effect once it has listened.
    }
  }

  /** Records the end of the first process before it ever listened: the start has failed. */
  boolean cannotServe(ServerProcess.End end) {
    boolean failed = !firstPorts.isDone() && !end.killed();
    if (failed) {
      firstEnd = end;
    }
    return failed;
  }

  /** Where all processes listen: {@code tcp localhost:2000}. */
  public List<String> addresses() {
    return processConfigs.addresses();
  }

  /**
   * Makes all processes apply another configuration; blocks while the first one is starting.
   *
   * @throws ConfigurationException if it names an invalid file, or port 0 for a server that did not
   *     run at the start: each process would choose a different port
   */
  public void change(Configuration given) {
    try {
      started.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Configuration next =
        configuration.withoutRestart(
            given, change -> change.setting().equals(List.of("processes")));
    for (ServerSettings server : next.servers()) {
      String word = server.protocol().word();
      if (server.port() == 0 && !ports.containsKey(word)) {
        throw new ConfigurationException(
            "/" + word + "/port: 0 needs a restart when there are several processes");
      }
    }
    boolean served =
        configuration.tls().enabled() && next.tls().tls().sameFiles(configuration.tls().tls());
    if (next.tls().enabled() && !served) {
      TlsCredentials.read(next.tls().tls());
    }
    synchronized (alive) {
      configuration = next;
      processConfigs = new ProcessConfigurations(next, ports);
      alive.forEach(process -> process.configure(processConfigs.of(process.number())));
    }
  }

  private int notStarted(ServerProcess.End end) throws IOException {
    if (isStopping()) {
      return 0;
    }
    if (end.hasPrintedWhy()) {
      return end.status();
    }
    throw new IOException(
        end.status() == Keeper.NOT_STARTED ? end.message() : end.message() + " before it listened");
  }

  private void listening(int number, JsonObject ports) {
    if (number == 1) {
      firstPorts.complete(ports);
    }
    boolean all;
    synchronized (listening) {
      all = listening.add(number) && listening.size() == configuration.processes();
    }
    if (all) {
      LOG.info("all {} processes listen", configuration.processes());
      List<Long> pids =
          alive().stream()
              .sorted(Comparator.comparingInt(ServerProcess::number))
              .map(process -> process.handle().pid())
              .toList();
      whenAllListen.accept(ports.copy().put("pids", new JsonArray(pids)));
    }
  }

  /**
   * Stops all processes, since one of them keeps dying; {@link #supervise} fails with the message.
   */
  void giveUp(String message) {
    failure = message;
    stop();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /** Starts a process; returns null when stopping. */
  ServerProcess start(int number) throws IOException {
    if (isStopping()) {
      return null;
    }
    // Outside the lock: it blocks until the child runs the command.
    ServerProcess process =
        ServerProcess.start(
            number, command(), ports -> listening(number, ports), ServerProcess::print);
    ProcessEvents receiver = events;
    if (receiver != null) {
      long pid = process.handle().pid();
      process.onLive(line -> receiver.reported(number, pid, line));
    }
    synchronized (alive) {
      alive.add(process);
      process.configure(processConfigs.of(number));
      if (isStopping()) {
        process.stop();
      }
    }
    return process;
  }

  /**
   * The first process binds exclusively before it shares, so a port in use by another program fails
   * the start. Later processes, including its replacement, share at once.
   */
  private List<String> command() {
    if (firstPorts.isDone()) {
      return command;
    }
    List<String> first = new ArrayList<>(command);
    for (ServerSettings server : configuration.servers()) {
      if (!server.reusePort()) {
        first.add(EXCLUSIVE + server.protocol().word());
      }
    }
    return first;
  }

  void remove(ServerProcess process, int status) {
    synchronized (alive) {
      alive.remove(process);
    }
    if (events != null) {
      events.ended(process.number(), process.handle().pid(), "ended with status " + status);
    }
  }

  private List<ServerProcess> alive() {
    synchronized (alive) {
      return List.copyOf(alive);
    }
  }

  /** Watches for processes without heartbeat: hung, or stopped by a signal. */
  private void watch() {
    try {
      while (!stopping.await(watchdog.tick().toMillis(), TimeUnit.MILLISECONDS)) {
        alive().forEach(watchdog::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes all processes drain and starts no more; does not block. */
  public void stop() {
    synchronized (alive) {
      stopping.countDown();
      alive.forEach(ServerProcess::stop);
    }
    firstPorts.complete(null); // The first process may be hung.
  }

  /** Blocks until all have ended; kills those that take too long. */
  private void awaitStopped(List<Thread> keepers) throws InterruptedException {
    long deadline =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(configuration.drainSeconds() + GRACE_SECONDS);
    for (Thread keeper : keepers) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      keeper.join(Math.max(1, left));
      if (keeper.isAlive()) {
        // Includes a child that does not run the command yet.
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        keeper.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      }
    }
  }
}
