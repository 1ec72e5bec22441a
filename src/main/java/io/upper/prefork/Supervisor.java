package io.upper.prefork;

import io.upper.config.Change;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.server.TlsCredentials;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

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
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  // What a process may take longer than its drain before it is killed.
  private static final int GRACE_SECONDS = 5;

  // The exit statuses of a server process that has said why it cannot serve.
  private static final int FAILED = 1;
  private static final int BAD_CONFIGURATION = 2;

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

  private final Persistence persistence;
  private final CountDownLatch started = new CountDownLatch(1);
  private JsonObject ports;
  private volatile Configuration configuration;
  private volatile JsonObject childConfig;
  private final List<String> command;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<ServerProcess> alive = new ArrayList<>();
  private volatile String surrender;

  /**
   * @param command what each process runs; it reads its configuration from standard input
   */
  public Supervisor(Configuration configuration, List<String> command) {
    this(configuration, command, Persistence.DEFAULT);
  }

  Supervisor(Configuration configuration, List<String> command, Persistence persistence) {
    this.persistence = persistence;
    this.configuration = configuration;
    this.command = command;
    this.childConfig = childConfig(configuration);
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
   * Serves until SIGTERM or SIGINT; blocks.
   *
   * @return the exit status: 0, or that of the first process when it cannot serve and has said why
   * @throws IOException when the processes die again and again
   */
  public int serve() throws IOException, InterruptedException {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> stop());
    }
    return supervise();
  }

  /** What {@link #serve} does, until {@link #stop}. */
  int supervise() throws IOException, InterruptedException {
    // The first one alone: it may take free ports, and make the certificate, for all.
    ServerProcess first = start(1);
    ports = first == null ? null : first.awaitPorts();
    if (ports == null) {
      return first == null ? 0 : notStarted(first.awaitEnd());
    }
    childConfig = childConfig(configuration);
    started.countDown();
    List<Thread> keepers = new ArrayList<>();
    for (int number = 1; number <= configuration.processes(); number++) {
      int slot = number;
      Thread keeper =
          new Thread(() -> keep(slot, slot == 1 ? first : null), "upper-keeper-" + slot);
      keeper.start();
      keepers.add(keeper);
    }
    stopping.await();
    awaitAll();
    for (Thread keeper : keepers) {
      keeper.join();
    }
    if (surrender != null) {
      throw new IOException(surrender);
    }
    return 0;
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
    List<Change> fixed =
        configuration.changesTo(given).stream()
            .filter(change -> change.setting().equals(List.of("processes")))
            .toList();
    fixed.forEach(change -> LOG.warn("{} needs a restart", change));
    Configuration next = given.without(fixed.stream());
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
    throw new IOException(end.told() + " before it listened");
  }

  /** Keeps a process alive: starts another whenever it dies. */
  private void keep(int number, ServerProcess first) {
    int quickDeaths = 0;
    ServerProcess running = first;
    try {
      while (!isStopping()) {
        ServerProcess.End end = live(number, running);
        running = null;
        if (isStopping()) {
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
    }
  }

  /** A process from its start, unless it is running, to its end; null when it is time to stop. */
  private ServerProcess.End live(int number, ServerProcess running) throws InterruptedException {
    try {
      ServerProcess process = running == null ? start(number) : running;
      if (process == null) {
        return null;
      }
      ServerProcess.End end = process.awaitEnd();
      remove(process);
      return end;
    } catch (IOException e) {
      String told =
          String.format(Locale.ROOT, "process %d cannot be started: %s", number, e.getMessage());
      return new ServerProcess.End(told, FAILED, Duration.ZERO);
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
    synchronized (alive) {
      if (isStopping()) {
        return null;
      }
      ServerProcess process = ServerProcess.start(number, configOf(number), command);
      alive.add(process);
      return process;
    }
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

  /** Has all processes drain at once, and starts none any more; does not block. */
  void stop() {
    synchronized (alive) {
      stopping.countDown();
      alive.forEach(ServerProcess::stop);
    }
  }

  private void awaitAll() throws InterruptedException {
    List<ServerProcess> processes;
    synchronized (alive) {
      processes = List.copyOf(alive);
    }
    long deadline =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(configuration.drainSeconds() + GRACE_SECONDS);
    for (ServerProcess process : processes) {
      process.stopBy(deadline);
    }
  }
}
