package io.upper.cli;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.LiveConfiguration;
import io.upper.jvm.Daemon;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the configuration again when its file holds something else, and on SIGHUP. One that is
 * wrong changes nothing and is told in a line, once. A thread of its own, in straight blocking
 * code, which ends with the process and for nothing else.
 */
final class ConfigurationWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);
  private static final long POLL_MILLIS = 1_000;

  private final LiveConfiguration live;
  private final Consumer<Configuration> applier;
  private String reported;

  private ConfigurationWatch(LiveConfiguration live, Consumer<Configuration> applier) {
    this.live = live;
    this.applier = applier;
  }

  /**
   * Begins to watch.
   *
   * @param applier applies a configuration; blocks, and may throw a {@link ConfigurationException}
   */
  static void start(LiveConfiguration live, Consumer<Configuration> applier) {
    ConfigurationWatch watch = new ConfigurationWatch(live, applier);
    Daemon.start("upper-configuration-watch", watch::run);
  }

  private void run() throws InterruptedException {
    while (true) {
      if (Hangups.await(live.mayChange() ? POLL_MILLIS : Integer.MAX_VALUE)) {
        live.read();
        apply(); // Perhaps once more: certificates are read again, too.
      } else if (live.poll()) {
        apply();
      }
    }
  }

  // Errors, too: while descriptors are scarce, a class may not be found.
  private void apply() {
    try {
      applier.accept(live.current());
      reported = null;
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.from(live.source()).getMessage());
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      if (!Objects.equals(reported, e.toString())) {
        reported = e.toString();
        LOG.error("the configuration could not be applied", e);
      }
    }
  }
}
