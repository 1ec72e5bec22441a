package io.upper.prefork;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  // A process that dies sooner after its start died of it; so many of those in a row are too many.
  private static final Duration QUICK_DEATH = Duration.ofSeconds(10);
  private static final int MAX_QUICK_DEATHS = 8;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long MAX_PAUSE_MILLIS = 10_000;

  // What a process may take longer than its drain before it is killed.
  private static final int GRACE_SECONDS = 5;

  private final Configuration configuration;
  private final JsonObject childConfig;
  private final List<String> command;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<ServerProcess> alive = new ArrayList<>();
  private String surrender;

  /**
   * @param command what each process runs; it reads its configuration from standard input
   */
  public Supervisor(Configuration configuration, List<String> command) {
    this.configuration = configuration;
    this.command = command;
    this.childConfig = configuration.json().copy().put("processes", 1);
    for (ServerSettings server : configuration.servers()) {
      section(server.protocol()).put("reusePort", true);
    }
  }

  private JsonObject section(Protocol protocol) {
    return childConfig.getJsonObject(protocol.word());
  }

  /**
   * Serves until SIGTERM or SIGINT; blocks.
   *
   * @return the exit status: 0, or that of the first process when it could not start
   * @throws IOException when the processes die again and again
   */
  public int serve() throws IOException, InterruptedException {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> stopping.countDown());
    }
    // The first one alone: it may take free ports, and make the certificate, for all.
    ServerProcess first = start(1);
    JsonObject ports = first.awaitPorts();
    if (ports == null) {
      return isStopping() ? 0 : first.waitFor();
    }
    ports.forEach(port -> childConfig.getJsonObject(port.getKey()).put("port", port.getValue()));
    List<Thread> keepers = new ArrayList<>();
    for (int number = 1; number <= configuration.processes(); number++) {
      int slot = number;
      Thread keeper =
          new Thread(() -> keep(slot, slot == 1 ? first : null), "upper-keeper-" + slot);
      keeper.start();
      keepers.add(keeper);
    }
    stopping.await();
    stopAll();
    for (Thread keeper : keepers) {
      keeper.join();
    }
    if (surrender != null) {
      throw new IOException(surrender);
    }
    return 0;
  }

  /** Keeps a process alive in its slot: starts another whenever it dies. */
  private void keep(int slot, ServerProcess running) {
    int quickDeaths = 0;
    try {
      ServerProcess process = running == null ? start(slot) : running;
      while (process != null) {
        int status = process.waitFor();
        remove(process);
        if (isStopping()) {
          return;
        }
        quickDeaths = process.age().compareTo(QUICK_DEATH) < 0 ? quickDeaths + 1 : 0;
        if (quickDeaths == MAX_QUICK_DEATHS) {
          surrender(process, status);
          return;
        }
        long pause = pauseMillis(quickDeaths);
        LOG.warn("{} ended with status {}; another one starts in {} ms", process, status, pause);
        process = stopping.await(pause, TimeUnit.MILLISECONDS) ? null : start(slot);
      }
    } catch (IOException e) {
      LOG.error("process {} cannot be started: {}", slot, e.getMessage());
      surrender = "process %d cannot be started: %s".formatted(slot, e.getMessage());
      stopping.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long pauseMillis(int quickDeaths) {
    return quickDeaths == 0
        ? 0
        : Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << (quickDeaths - 1));
  }

  private void surrender(ServerProcess process, int status) {
    surrender =
        "process %d ended %d times within %d s of its start, last with status %d: giving up"
            .formatted(process.number(), MAX_QUICK_DEATHS, QUICK_DEATH.toSeconds(), status);
    stopping.countDown();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private ServerProcess start(int number) throws IOException {
    synchronized (alive) {
      if (isStopping()) {
        return null;
      }
      ServerProcess process = ServerProcess.start(number, childConfig, command);
      alive.add(process);
      return process;
    }
  }

  private void remove(ServerProcess process) {
    synchronized (alive) {
      alive.remove(process);
    }
  }

  /** Has all processes drain at once. */
  private void stopAll() throws InterruptedException {
    List<ServerProcess> processes;
    synchronized (alive) {
      processes = List.copyOf(alive);
    }
    processes.forEach(ServerProcess::stop);
    long deadline =
        System.nanoTime() + TimeUnit.SECONDS.toNanos(configuration.drainSeconds() + GRACE_SECONDS);
    for (ServerProcess process : processes) {
      process.stopBy(deadline);
    }
  }
}
