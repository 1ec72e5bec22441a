package io.upper.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration that is read again when its file holds something else. Whatever goes wrong then
 * is logged, in a line, the first time that it does; what was read before stays, and the next look
 * is as good as the first. Thread-safe; every method blocks.
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
    this.watch = new FileWatch().know(files);
    this.current = reader.read();
  }

  /** The last one that was right. */
  public synchronized Configuration current() {
    return current;
  }

  /** What a message calls {@code -conf}. */
  public String source() {
    return reader.source();
  }

  /** Whether it may change at all: whether there is a file to look at. */
  public boolean mayChange() {
    return !files.isEmpty();
  }

  /** Looks at the file; whether there is another configuration now. */
  public synchronized boolean look() {
    return read(false);
  }

  /** Reads again, whether the file has changed or not; whether that was right. */
  public synchronized boolean read() {
    return read(true);
  }

  // No lambda: its class would have to be found while descriptors are scarce.
  private boolean read(boolean unchanged) {
    try {
      if (unchanged) {
        watch.know(files);
      } else if (!watch.changed(files)) {
        reported = null;
        return false;
      }
      current = reader.read();
      reported = null;
      return true;
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.getMessage());
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      watch.forget();
      if (!Objects.equals(reported, e.toString())) {
        reported = e.toString();
        LOG.error("{}: cannot be read again: {}; the watch goes on", source(), reported);
        LOG.debug("configuration watch", e);
      }
    }
    return false;
  }
}
