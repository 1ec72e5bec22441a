package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.LevelFilter;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program's logging in code is that of its {@code logback.xml}. */
class ProgramLoggingTest {

  @Test
  void isThatOfTheFile() throws Exception {
    LoggerContext code = new LoggerContext();
    ProgramLogging.setUp(code);
    LoggerContext file = new LoggerContext();
    JoranConfigurator reader = new JoranConfigurator();
    reader.setContext(file);
    reader.doConfigure(ProgramLogging.class.getResource("/logback.xml"));
    assertTrue(described(file).size() > 15, () -> described(file).toString());
    assertEquals(described(file), described(code));
  }

  /** The user's file, which may include the program's, as docs/operations.md shows. */
  @Test
  void aFileOfTheUserWins(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("own.xml"),
            """
            <configuration>
              <include resource="logback.xml"/>
              <appender name="OWN" class="ch.qos.logback.core.FileAppender">
                <file>%s</file>
                <encoder><pattern>own %%msg%%n</pattern></encoder>
              </appender>
              <root><appender-ref ref="OWN"/></root>
            </configuration>
            """
                .formatted(directory.resolve("own.log")));
    LoggerContext context = new LoggerContext();
    System.setProperty("logback.configurationFile", file.toString());
    try {
      new ContextInitializer(context).autoConfig();
    } finally {
      System.clearProperty("logback.configurationFile");
    }
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    for (String name : new String[] {"OUT", "ERR", "OWN"}) {
      assertNotNull(root.getAppender(name), name);
    }
    context.stop();
  }

  @Test
  void otherwiseTheCodeDoes() throws Exception {
    LoggerContext context = new LoggerContext();
    new ContextInitializer(context).autoConfig();
    assertEquals(Level.OFF, context.getLogger("upper.access").getLevel());
    String statuses = context.getStatusManager().getCopyOfStatusList().toString();
    assertTrue(statuses.contains(ProgramLogging.class.getName()), statuses);
    assertFalse(statuses.contains("Joran"), statuses);
  }

  private static List<String> described(LoggerContext context) {
    List<String> lines = new ArrayList<>();
    for (Logger logger : context.getLoggerList()) {
      if (logger.getLevel() != null) {
        lines.add(logger.getName() + " " + logger.getLevel() + " " + logger.isAdditive());
      }
      logger.iteratorForAppenders().forEachRemaining(appender -> describe(appender, logger, lines));
    }
    return lines;
  }

  private static void describe(
      Appender<ILoggingEvent> appender, Logger logger, List<String> lines) {
    ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) appender;
    PatternLayoutEncoder encoder = (PatternLayoutEncoder) console.getEncoder();
    lines.add(
        String.join(
            " ",
            logger.getName(),
            console.getName(),
            console.getTarget(),
            encoder.getCharset().name(),
            encoder.getPattern(),
            "" + console.isStarted()));
    assertEquals(
        List.of(LevelFilter.class),
        console.getCopyOfAttachedFiltersList().stream().map(Object::getClass).toList());
    for (Level level : List.of(Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)) {
      LoggingEvent event = new LoggingEvent("", logger, level, "", null, null);
      lines.add(console.getName() + " " + level + " " + console.getFilterChainDecision(event));
    }
  }
}
