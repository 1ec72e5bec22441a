package io.upper.cli;

import io.upper.jvm.Daemon;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP, which makes a server read its configuration again. It must not end the process, not even
 * during start-up, so it is caught first and handled once the server runs.
 */
public final class Hangups {
  private static final Semaphore PENDING = new Semaphore(0);

  private Hangups() {}

  /** Catches SIGHUP from now on. */
  public static void hold() {
    try {
      Signal.handle(new Signal("HUP"), signal -> PENDING.release());
    } catch (IllegalArgumentException e) {
      // No SIGHUP on this system, or the JVM option -Xrs.
    }
  }

  /** Waits for a SIGHUP with a timeout; pending ones count as one. */
  static boolean await(long millis) throws InterruptedException {
    boolean any = PENDING.tryAcquire(millis, TimeUnit.MILLISECONDS);
    PENDING.drainPermits();
    return any;
  }

  /** Logs a line for each SIGHUP, in a process without a configuration to reload. */
  static void logEach(String answer) {
    Daemon.start(
        "upper-hangups",
        () -> {
          Logger log = LoggerFactory.getLogger(Hangups.class);
          while (true) {
            PENDING.acquire();
            log.info("{}", answer);
          }
        });
  }
}
