package io.upper.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration that is read again when its file changes. An error is then logged in one line,
 * once; the last valid configuration stays, and the next poll tries again. Thread-safe; every
 * method blocks.
 */
public final class LiveConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);

  private final ConfigurationReader reader;
  private final List<Path> files;
  private final FileWatch watch;
  private Configuration current;
  private String reported;

  /**
   * Reads the configuration for the first time.
   *
   * @throws ConfigurationException naming source and setting
   */
  public LiveConfiguration(ConfigurationReader reader) {
    this.reader = reader;
    this.files = reader.file().stream().toList();
    this.watch = new FileWatch().recordBaseline(files);
    this.current = reader.read();
  }

  /** The last valid configuration. */
  public synchronized Configuration current() {
    return current;
  }

  /** The name of {@code -conf} in messages. */
  public String source() {
    return reader.source();
  }

  /** Whether there is a file to watch. */
  public boolean mayChange() {
    return !files.isEmpty();
  }

  /** Polls the file; returns whether there is a new configuration. */
  public synchronized boolean poll() {
    return read(false);
  }

  /** Reads the file even if it has not changed; returns whether it was valid. */
  public synchronized boolean read() {
    return read(true);
  }

  // No lambda: loading its class could fail while descriptors are scarce.
  private boolean read(boolean always) {
    try {
      if (always) {
        watch.recordBaseline(files);
      } else if (!watch.changed(files)) {
        reported = null;
        return false;
      }
      current = reader.read();
      reported = null;
      return true;
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.getMessage());
    } catch (Exception | Error e) {
      watch.forget();
      if (!Objects.equals(reported, e.toString())) {
        reported = e.toString();
        LOG.error("{}: cannot be read again: {}; the watch continues", source(), reported);
        LOG.debug("configuration watch", e);
      }
    }
    return false;
  }
}
