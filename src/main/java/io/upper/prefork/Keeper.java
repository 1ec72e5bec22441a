package io.upper.prefork;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one server process running: restarts it whenever it dies. Blocks its own thread. */
final class Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  // Stands in for an exit status.
  static final int NOT_STARTED = -1;

  private final Supervisor supervisor;
  private final int number;
  private final RestartPolicy policy;
  private final CountDownLatch stopping;

  /**
   * @param number number of the process, from 1
   * @param stopping at 0 once the supervisor is stopping
   */
  Keeper(Supervisor supervisor, int number, RestartPolicy policy, CountDownLatch stopping) {
    this.supervisor = supervisor;
    this.number = number;
    this.policy = policy;
    this.stopping = stopping;
  }

  /** Returns when the supervisor is stopping or gives up. */
  void keepRunning() {
    int quickDeaths = 0;
    try {
      while (stopping.getCount() > 0) {
        ServerProcess.End end = runOnce();
        if (stopping.getCount() == 0 || supervisor.cannotServe(end)) {
          return;
        }
        boolean quick = end.age().compareTo(policy.quickDeath()) < 0;
        quickDeaths = quick ? quickDeaths + 1 : 0;
        if (quickDeaths == policy.maxQuickDeaths()) {
          supervisor.giveUp(end.message() + policy.reasonToGiveUp());
          return;
        }
        long delay = policy.delayMillis(quickDeaths);
        LOG.warn("{}; another one starts in {} ms", end.message(), delay);
        stopping.await(delay, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the process from start to end; returns null when stopping. */
  private ServerProcess.End runOnce() throws InterruptedException {
    try {
      ServerProcess process = supervisor.start(number);
      if (process == null) {
        return null;
      }
      ServerProcess.End end = process.awaitEnd();
      supervisor.remove(process, end.status());
      return end;
    } catch (IOException e) {
      String message =
          String.format(Locale.ROOT, "process %d cannot be started: %s", number, e.getMessage());
      return new ServerProcess.End(message, NOT_STARTED, Duration.ZERO, false);
    }
  }
}
