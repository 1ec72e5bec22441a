package io.upper.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** The log of a test's servers, of all loggers from {@code level} up. */
public final class LogLines extends AppenderBase<ILoggingEvent>
    implements BeforeEachCallback, AfterEachCallback {

  private final Logger logger;
  private final Level level;
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final BlockingQueue<ILoggingEvent> arriving = new LinkedBlockingQueue<>();
  private Level before;

  /** Lines of the logger {@code name} and those below it. */
  public LogLines(String name, Level level) {
    this.logger = (Logger) LoggerFactory.getLogger(name);
    this.level = level;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    before = logger.getLevel();
    if (before == null || !level.isGreaterOrEqual(before)) {
      logger.setLevel(level);
    }
    start();
    logger.addAppender(this);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    logger.detachAppender(this);
    logger.setLevel(before);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(level)) {
      events.add(event);
      arriving.add(event);
    }
  }

  public List<ILoggingEvent> events() {
    return events;
  }

  public List<String> lines() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** Waits for a line that contains {@code part}, and skips those before it. */
  public String await(String part) throws InterruptedException {
    while (true) {
      ILoggingEvent event = arriving.poll(Servers.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (event == null) {
        throw new AssertionError("no line with \"" + part + "\" in " + lines());
      }
      if (event.getFormattedMessage().contains(part)) {
        return event.getFormattedMessage();
      }
    }
  }
}
