package io.upper;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Keeps the levels of all loggers: {@code -v} changes some for the whole JVM as soon as it is
 * parsed, and the next test class may run in the same one.
 */
public final class LogLevels implements BeforeAllCallback, AfterAllCallback {
  private Map<Logger, Level> before = Map.of();

  /** Those of now. */
  static LogLevels now() {
    LogLevels levels = new LogLevels();
    levels.before = read();
    return levels;
  }

  void restore() {
    read().keySet().forEach(logger -> logger.setLevel(before.get(logger)));
  }

  private static Map<Logger, Level> read() {
    Map<Logger, Level> levels = new HashMap<>();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLoggerList().forEach(logger -> levels.put(logger, logger.getLevel()));
    return levels;
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    before = read();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    restore();
  }
}
