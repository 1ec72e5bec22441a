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
 * Starts {@code processes} server processes that share the ports, replaces those that die, and ends
 * with them. It serves nothing itself and needs no event loop: a thread for each process, in
 * straight blocking code.
 *
 * <p><b>When to choose it:</b> when a crash must cost only a part of the clients, or one garbage
 * collector is too slow for all of them. <b>Its limit:</b> the kernel chooses the process when a
 * client connects, so a busy one is not relieved by its idle twins.
 *
 * <p><b>Python:</b> the preforking servers, with multiprocessing's Process and Pool.
 */
public final class Supervisor {
  /** The beginning of an argument that names a protocol whose port is bound exclusively first. */
  public static final String EXCLUSIVE = "--exclusive=";

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  // What a process may take longer than its drain before it is killed.
  private static final int GRACE_SECONDS = 5;

  // The exit statuses of a server process that has said why it cannot serve.
  private static final int FAILED = 1;
  private static final int BAD_CONFIGURATION = 2;

  // In place of an exit status.
  private static final int NOT_STARTED = -1;

  /**
   * How long to go on with processes that die.
   *
   * @param quickDeath one that dies sooner after its start died of it
   * @param maxQuickDeaths so many of those in a row are too many
   * @param firstPause before another one is started after the first of those; then it doubles
   * @param maxPause up to this
   */
  record Persistence(
      Duration quickDeath, int maxQuickDeaths, Duration firstPause, Duration maxPause) {
    static final Persistence DEFAULT =
        new Persistence(Duration.ofSeconds(10), 8, Duration.ofMillis(100), Duration.ofSeconds(10));

    private long pauseMillis(int quickDeaths) {
      return quickDeaths == 0
          ? 0
          : Math.min(maxPause.toMillis(), firstPause.toMillis() << (quickDeaths - 1));
    }
  }

  /**
   * What a process may be silent for, in ticks; each prints a sign of life every second. Ticks are
   * counted, not time, so that a machine that pauses, or a supervisor that is stopped, makes nobody
   * silent.
   *
   * @param tick the time from one look to the next
   * @param reported after so many it is reported
   * @param replaced after so many it is killed, and replaced; 0: never
   */
  record Patience(Duration tick, int reported, int replaced) {
    static final Patience DEFAULT = new Patience(Duration.ofSeconds(1), 10, 60);

    // A process that a debugger has stopped is silent, too.
    private static final Patience UNDER_DEBUGGER = new Patience(Duration.ofSeconds(1), 10, 0);

    static Patience of(List<String> command) {
      return command.stream().anyMatch(word -> word.contains("jdwp")) ? UNDER_DEBUGGER : DEFAULT;
    }
  }

  private final Persistence persistence;
  private final Patience patience;
  private final List<String> command;
  // Of the first process, when it listens; null when it never will.
  private final CompletableFuture<JsonObject> firstPorts = new CompletableFuture<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<ServerProcess> alive = new ArrayList<>();
  private final Set<Integer> listening = new HashSet<>();
  private JsonObject ports;
  private volatile Configuration configuration;
  private volatile JsonObject childConfig;
  private volatile ServerProcess.End firstEnd;
  private volatile String surrender;
  private volatile Consumer<JsonObject> whenAllListen = ports -> {};

  /**
   * @param command what each process runs; it reads its configuration from standard input
   */
  public Supervisor(Configuration configuration, List<String> command) {
    this(configuration, command, Persistence.DEFAULT, Patience.of(command));
  }

  Supervisor(
      Configuration configuration,
      List<String> command,
      Persistence persistence,
      Patience patience) {
    this.persistence = persistence;
    this.patience = patience;
    this.configuration = configuration;
    this.command = command;
    this.childConfig = childConfig(configuration);
  }

  /**
   * Names who is told when all processes listen, once: it gets the ports by protocol, and as {@code
   * pids} those of the processes, from number 1. To be called before {@link #supervise}.
   */
  public void onListening(Consumer<JsonObject> listener) {
    whenAllListen = listener;
  }

  /** What each process is told: it is one, and shares its ports with the others. */
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
   * @return the exit status: 0, or that of the first process when it cannot serve and has said why
   * @throws IOException when the processes die again and again
   */
  public int supervise() throws IOException, InterruptedException {
    Thread watch = new Thread(this::watch, "upper-watch");
    watch.setDaemon(true);
    watch.start();
    List<Thread> keepers = new ArrayList<>();
    // The first one alone: it may take free ports, and make the certificate, for all.
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
    if (surrender != null) {
      throw new IOException(surrender);
    }
    return firstEnd == null ? 0 : notStarted(firstEnd);
  }

  private Thread startKeeper(int number) {
    Thread keeper = new Thread(() -> keep(number), "upper-keeper-" + number);
    keeper.setDaemon(true);
    keeper.start();
    return keeper;
  }

  /**
   * Has all processes apply another configuration; blocks while the first one is still starting.
   *
   * @throws ConfigurationException when it names a file that is not right, or a free port that was
   *     not taken at the start: each process would take another one
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
    List<ServerProcess> told;
    synchronized (alive) {
      configuration = next;
      childConfig = childConfig(next);
      told = List.copyOf(alive);
    }
    told.forEach(process -> process.tell(configOf(process.number())));
  }

  private int notStarted(ServerProcess.End end) throws IOException {
    if (isStopping()) {
      return 0;
    }
    if (end.status() == FAILED || end.status() == BAD_CONFIGURATION) {
      return end.status(); // It has said why.
    }
    throw new IOException(
        end.status() == NOT_STARTED ? end.told() : end.told() + " before it listened");
  }

  /** Keeps a process alive: starts another whenever it dies. */
  private void keep(int number) {
    int quickDeaths = 0;
    try {
      while (!isStopping()) {
        ServerProcess.End end = live(number);
        if (isStopping()) {
          return;
        }
        if (!firstPorts.isDone() && !end.killed()) {
          firstEnd = end;
          return;
        }
        boolean quick = end.age().compareTo(persistence.quickDeath) < 0;
        quickDeaths = quick ? quickDeaths + 1 : 0;
        if (quickDeaths == persistence.maxQuickDeaths) {
          surrender(end);
          return;
        }
        long pause = persistence.pauseMillis(quickDeaths);
        LOG.warn("{}; another one starts in {} ms", end.told(), pause);
        stopping.await(pause, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (number == 1) {
        firstPorts.complete(null); // Unless it has listened.
      }
    }
  }

  /** A process from its start to its end; null when it is time to stop. */
  private ServerProcess.End live(int number) throws InterruptedException {
    try {
      ServerProcess process = start(number);
      if (process == null) {
        return null;
      }
      ServerProcess.End end = process.awaitEnd();
      remove(process);
      return end;
    } catch (IOException e) {
      String told =
          String.format(Locale.ROOT, "process %d cannot be started: %s", number, e.getMessage());
      return new ServerProcess.End(told, NOT_STARTED, Duration.ZERO, false);
    }
  }

  private void listens(int number, JsonObject ports) {
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

  private void surrender(ServerProcess.End end) {
    surrender =
        String.format(
            Locale.ROOT,
            "%s, the last of %d in a row within %d s of their start: giving up",
            end.told(),
            persistence.maxQuickDeaths,
            persistence.quickDeath.toSeconds());
    stop();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private ServerProcess start(int number) throws IOException {
    if (isStopping()) {
      return null;
    }
    // Not within the lock: it blocks until the child runs the command.
    ServerProcess process =
        ServerProcess.start(
            number, command(), ports -> listens(number, ports), ServerProcess::repeat);
    synchronized (alive) {
      alive.add(process);
      process.tell(configOf(number));
      if (isStopping()) {
        process.stop();
      }
    }
    return process;
  }

  /**
   * The first process that listens binds exclusively, so that a port that is taken fails the start,
   * although the others share it then. One that replaces it joins the others.
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
   * A limit counts for the whole server: each process gets its share, 1 at least. But the admin
   * port is not shared: who asks wants to know of one process.
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

  /** What the process {@code number}, from 1, has of a limit: the first ones have what is left. */
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

  /** Looks after processes that are silent: they hang, or somebody has stopped them. */
  private void watch() {
    try {
      while (!stopping.await(patience.tick.toMillis(), TimeUnit.MILLISECONDS)) {
        alive().forEach(this::tick);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick(ServerProcess process) {
    int silence = process.tick();
    if (silence == patience.reported) {
      LOG.warn(
          "{} has been silent for {} s; {}",
          process,
          patience.tick.multipliedBy(silence).toSeconds(),
          patience.replaced == 0
              ? "it is not replaced, since there is a debugger"
              : "after "
                  + patience.tick.multipliedBy(patience.replaced).toSeconds()
                  + " s it is replaced");
    }
    if (silence == patience.replaced) {
      process.killSilent();
    }
  }

  /** Has all processes drain at once, and starts none any more; does not block. */
  public void stop() {
    synchronized (alive) {
      stopping.countDown();
      alive.forEach(ServerProcess::stop);
    }
    firstPorts.complete(null); // It may hang.
  }

  /** Blocks until all have ended; those that take too long are killed. */
  private void awaitStopped(List<Thread> keepers) throws InterruptedException {
    long deadline =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(configuration.drainSeconds() + GRACE_SECONDS);
    for (Thread keeper : keepers) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      keeper.join(Math.max(1, left));
      if (keeper.isAlive()) {
        // Also one that does not run the command yet.
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        keeper.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      }
    }
  }
}
