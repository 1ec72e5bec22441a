package io.upper.cli;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.FileWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Reads the configuration again when its file holds something else, and on SIGHUP, and has it
 * applied. One that is wrong changes nothing and is told in a line, once. A thread of its own, in
 * straight blocking code.
 */
final class ConfigurationWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);
  private static final long LOOK_MILLIS = 1_000;

  private final List<Path> files;
  private final String source;
  private final Supplier<Configuration> reader;
  private final FileWatch watch;
  private final Semaphore hangups = new Semaphore(0);
  private Configuration last;

  /**
   * Reads the configuration for the first time, which may fail; what changes from now on is
   * noticed.
   *
   * @param conf what it is read from
   * @param reader reads and checks it
   */
  ConfigurationWatch(ConfOption conf, Supplier<Configuration> reader) {
    this.files = conf.file().stream().toList();
    this.source = conf.source();
    this.reader = reader;
    this.watch = new FileWatch().know(files);
    this.last = reader.get();
  }

  /** The configuration as it was at first. */
  Configuration configuration() {
    return last;
  }

  /**
   * Begins to watch.
   *
   * @param applier applies a configuration; blocks, and may throw a {@link ConfigurationException}
   */
  void start(Consumer<Configuration> applier) {
    handleHangups();
    Thread thread = new Thread(() -> watch(applier), "upper-configuration-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void handleHangups() {
    try {
      Signal.handle(new Signal("HUP"), signal -> hangups.release());
    } catch (IllegalArgumentException e) {
      LOG.debug("no SIGHUP here", e);
    }
  }

  private void watch(Consumer<Configuration> applier) {
    try {
      while (true) {
        boolean hangup = hangups.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (hangup) {
          watch.know(files);
          read();
          apply(applier); // Perhaps once more: certificates are read again, too.
        } else if (watch.changed(files) && read()) {
          apply(applier);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean read() {
    try {
      last = reader.get();
      return true;
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.getMessage());
      return false;
    }
  }

  private void apply(Consumer<Configuration> applier) {
    try {
      applier.accept(last);
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.from(source).getMessage());
    } catch (RuntimeException e) {
      LOG.error("the configuration could not be applied", e);
    }
  }
}
