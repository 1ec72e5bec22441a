package io.upper.prefork;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.server.TlsCredentials;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

  // Exit statuses of a server process that has printed why it cannot serve.
  private static final int FAILED = 1;
  private static final int BAD_CONFIGURATION = 2;

  // Stands in for an exit status.
  private static final int NOT_STARTED = -1;

  /**
   * When to restart processes that die, and when to give up. The delay doubles with each quick
   * death.
   *
   * @param quickDeath a process that dies within this time of its start counts as a quick death
   * @param maxQuickDeaths number of quick deaths in a row after which to give up
   * @param firstDelay delay of the restart after the first quick death
   * @param maxDelay maximum delay
   */
  record RestartPolicy(
      Duration quickDeath, int maxQuickDeaths, Duration firstDelay, Duration maxDelay) {
    static final RestartPolicy DEFAULT =
        new RestartPolicy(
            Duration.ofSeconds(10), 8, Duration.ofMillis(100), Duration.ofSeconds(10));

    private long delayMillis(int quickDeaths) {
      return quickDeaths == 0
          ? 0
          : Math.min(maxDelay.toMillis(), firstDelay.toMillis() << (quickDeaths - 1));
    }
  }

  /**
   * How long a process may go without a heartbeat, which it prints every second. Counts ticks, not
   * time, so that a suspended machine or supervisor makes no process look hung.
   *
   * @param tick interval of the checks
   * @param warnTicks number of ticks without a heartbeat before a warning
   * @param killTicks number of ticks without a heartbeat before it is killed and replaced; 0: never
   */
  record Watchdog(Duration tick, int warnTicks, int killTicks) {
    static final Watchdog DEFAULT = new Watchdog(Duration.ofSeconds(1), 10, 60);

    // A process stopped in a debugger prints no heartbeat either.
    private static final Watchdog UNDER_DEBUGGER = new Watchdog(Duration.ofSeconds(1), 10, 0);

    static Watchdog of(List<String> command) {
      return command.stream().anyMatch(word -> word.contains("jdwp")) ? UNDER_DEBUGGER : DEFAULT;
    }
  }

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
  private volatile JsonObject childConfig;
  private volatile ServerProcess.End firstEnd;
  private volatile String failure;
  private volatile Consumer<JsonObject> whenAllListen = ports -> {};

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
    this.childConfig = childConfig(configuration);
  }

  /**
   * Sets the listener that is called once, when all processes listen: with the ports by protocol,
   * and as {@code pids} those of the processes in order. Call it before {@link #supervise}.
   */
  public void onListening(Consumer<JsonObject> listener) {
    whenAllListen = listener;
  }

  /** The configuration of each process: one process that shares its ports. */
  private JsonObject childConfig(Configuration configuration) {
    JsonObject config = configuration.json().copy().put("processes", 1);
    for (Protocol protocol : Protocol.values()) {
      JsonObject server = config.getJsonObject(protocol.word()).put("reusePort", true);
      if (configuration.server(protocol).port() == 0 && ports != null) {
        server.put("port", ports.getValue(protocol.word(), 0));
      }
    }
    return config;
  }

  /**
   * Serves until {@link #stop}; blocks.
   *
   * @return the exit status: 0, or that of the first process if it cannot serve and has printed why
   * @throws IOException if processes keep dying
   */
  public int supervise() throws IOException, InterruptedException {
    Thread watch = new Thread(this::watch, "upper-watch");
    watch.setDaemon(true);
    watch.start();
    List<Thread> keepers = new ArrayList<>();
    // The first one starts alone: it may choose free ports and create the certificate for all.
    keepers.add(startKeeper(1));
    ports = firstPorts.join();
    if (ports != null) {
      childConfig = childConfig(configuration);
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
    Thread keeper = new Thread(() -> keepRunning(number), "upper-keeper-" + number);
    keeper.setDaemon(true);
    keeper.start();
    return keeper;
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
    List<ServerProcess> processes;
    synchronized (alive) {
      configuration = next;
      childConfig = childConfig(next);
      processes = List.copyOf(alive);
    }
    processes.forEach(process -> process.configure(configOf(process.number())));
  }

  private int notStarted(ServerProcess.End end) throws IOException {
    if (isStopping()) {
      return 0;
    }
    if (end.status() == FAILED || end.status() == BAD_CONFIGURATION) {
      return end.status(); // It has printed why.
    }
    throw new IOException(
        end.status() == NOT_STARTED ? end.message() : end.message() + " before it listened");
  }

  /** Keeps a process running: restarts it whenever it dies. */
  private void keepRunning(int number) {
    int quickDeaths = 0;
    try {
      while (!isStopping()) {
        ServerProcess.End end = runOnce(number);
        if (isStopping()) {
          return;
        }
        if (!firstPorts.isDone() && !end.killed()) {
          firstEnd = end;
          return;
        }
        boolean quick = end.age().compareTo(restartPolicy.quickDeath) < 0;
        quickDeaths = quick ? quickDeaths + 1 : 0;
        if (quickDeaths == restartPolicy.maxQuickDeaths) {
          giveUp(end);
          return;
        }
        long delay = restartPolicy.delayMillis(quickDeaths);
        LOG.warn("{}; another one starts in {} ms", end.message(), delay);
        stopping.await(delay, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (number == 1) {
        firstPorts.complete(null); // No effect once it has listened.
      }
    }
  }

  /** Runs a process from start to end; returns null when stopping. */
  private ServerProcess.End runOnce(int number) throws InterruptedException {
    try {
      ServerProcess process = start(number);
      if (process == null) {
        return null;
      }
      ServerProcess.End end = process.awaitEnd();
      remove(process);
      return end;
    } catch (IOException e) {
      String message =
          String.format(Locale.ROOT, "process %d cannot be started: %s", number, e.getMessage());
      return new ServerProcess.End(message, NOT_STARTED, Duration.ZERO, false);
    }
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

  private void giveUp(ServerProcess.End end) {
    failure =
        String.format(
            Locale.ROOT,
            "%s; giving up: %d processes in a row ended within %d s of their start",
            end.message(),
            restartPolicy.maxQuickDeaths,
            restartPolicy.quickDeath.toSeconds());
    stop();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private ServerProcess start(int number) throws IOException {
    if (isStopping()) {
      return null;
    }
    // Outside the lock: it blocks until the child runs the command.
    ServerProcess process =
        ServerProcess.start(
            number, command(), ports -> listening(number, ports), ServerProcess::print);
    synchronized (alive) {
      alive.add(process);
      process.configure(configOf(number));
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

  /**
   * Limits apply to the whole server: each process gets its share, at least 1. The admin port is
   * not shared, since health and metrics are those of one process: each process has its own.
   */
  private JsonObject configOf(int number) {
    JsonObject config = childConfig.copy();
    for (ServerSettings server : configuration.servers()) {
      String limit = server.protocol() == Protocol.UDP ? "maxPending" : "maxConnections";
      int share = share(server.maxConversations(), number, configuration.processes());
      config.getJsonObject(server.protocol().word()).put(limit, share);
    }
    int adminPort = configuration.admin().port();
    if (adminPort > 0) {
      config.getJsonObject("admin").put("port", adminPort + number - 1);
    }
    return config;
  }

  /** The share of process {@code number}, from 1; the first processes get the remainder. */
  static int share(int limit, int number, int processes) {
    return Math.max(1, limit / processes + (number <= limit % processes ? 1 : 0));
  }

  private void remove(ServerProcess process) {
    synchronized (alive) {
      alive.remove(process);
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
      while (!stopping.await(watchdog.tick.toMillis(), TimeUnit.MILLISECONDS)) {
        alive().forEach(this::tick);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick(ServerProcess process) {
    int silence = process.tick();
    if (silence == watchdog.warnTicks) {
      LOG.warn(
          "{} has been silent for {} s; {}",
          process,
          watchdog.tick.multipliedBy(silence).toSeconds(),
          watchdog.killTicks == 0
              ? "it is not replaced, since a debugger may have stopped it"
              : "after "
                  + watchdog.tick.multipliedBy(watchdog.killTicks).toSeconds()
                  + " s it is replaced");
    }
    if (silence == watchdog.killTicks) {
      process.killSilent();
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
