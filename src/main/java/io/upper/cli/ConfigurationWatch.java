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
 * Applies the configuration when its file changes, and on SIGHUP. An invalid one changes nothing
 * and is logged once, in one line. Runs in a dedicated thread until the process ends.
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
   * Starts watching.
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
        apply(); // Even if unchanged: certificates are read again, too.
      } else if (live.poll()) {
        apply();
      }
    }
  }

  // Catches errors, too: without free descriptors, class loading fails.
  private void apply() {
    try {
      applier.accept(live.current());
      reported = null;
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.from(live.source()).getMessage());
    } catch (Exception | Error e) {
      if (!Objects.equals(reported, e.toString())) {
        reported = e.toString();
        LOG.error("the configuration could not be applied", e);
      }
    }
  }
}
