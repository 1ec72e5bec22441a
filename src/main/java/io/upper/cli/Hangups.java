package io.upper.cli;

import io.upper.jvm.Daemon;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP, which asks a server to read its configuration again. It must not end the process, not
 * even while it starts: so it is caught first of all, and served as soon as there is a server.
 */
public final class Hangups {
  private static final Semaphore PENDING = new Semaphore(0);

  private Hangups() {}

  /** Catches SIGHUP from now on. */
  public static void hold() {
    try {
      Signal.handle(new Signal("HUP"), signal -> PENDING.release());
    } catch (IllegalArgumentException e) {
      // There is no SIGHUP here, or the JVM was told to leave signals alone (-Xrs).
    }
  }

  /** Waits for one, at most so long; several at once count as one. */
  static boolean await(long millis) throws InterruptedException {
    boolean any = PENDING.tryAcquire(millis, TimeUnit.MILLISECONDS);
    PENDING.drainPermits();
    return any;
  }

  /** Answers each with a line in the log, for a process that has nothing to read again. */
  static void tellEach(String answer) {
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
