package io.upper.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class VirtualThreadsTest {

  @Test
  void withoutThemPlatformThreadsServeAndTheLogSaysSo() {
    Logger logger = (Logger) LoggerFactory.getLogger(VirtualThreads.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    try {
      ThreadFactory threads = VirtualThreads.orPlatform("upper-test", "no.such.Builder");
      Thread thread = threads.newThread(() -> {});
      assertFalse(thread.getName().contains("virtual"), thread.getName());
      assertEquals(1, lines.list.size());
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
  }
}
