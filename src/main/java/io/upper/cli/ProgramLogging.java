package io.upper.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.LevelFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;
import ch.qos.logback.core.status.NopStatusListener;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/**
 * The program's {@code logback.xml} in code, which saves the time to read it. The file remains for
 * those of users to include. Not in the library's jar.
 */
public final class ProgramLogging extends ContextAwareBase implements Configurator {
  private static final String CHOSEN = "logback.configurationFile";
  private static final String FILE = "logback.xml";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(CHOSEN) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    URL first = ProgramLogging.class.getResource("/" + FILE);
    if (first != null && !first.toString().equals(own())) {
      // Named, since of a second one on the class path Logback would warn on standard output.
      System.setProperty(CHOSEN, first.toString());
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    setUp(context);
    // Else Logback would load Java's time zones, to print what is wrong with its own set-up.
    context.getStatusManager().add(new NopStatusListener());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** The file of the jar or directory of this class. */
  private static String own() {
    String name = ProgramLogging.class.getName().replace('.', '/') + ".class";
    String url = ProgramLogging.class.getResource("/" + name).toString();
    return url.substring(0, url.length() - name.length()) + FILE;
  }

  static void setUp(LoggerContext context) {
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(
        appender(context, "OUT", ConsoleTarget.SystemOut, FilterReply.ACCEPT, "%msg%n"));
    root.addAppender(
        appender(
            context,
            "ERR",
            ConsoleTarget.SystemErr,
            FilterReply.DENY,
            "%d{HH:mm:ss.SSS} %-5level %msg%n"));
    context.getLogger("io.upper").setLevel(Level.INFO);
    context
        .getLogger("com.hazelcast")
        .setLevel(Level.toLevel(System.getProperty("hazelcast.log"), Level.ERROR));
    context
        .getLogger("com.hazelcast.internal.cluster.impl.ClusterJoinManager")
        .setLevel(Level.WARN);
    context.getLogger("com.hazelcast.cluster").setLevel(Level.WARN);
    context.getLogger("io.vertx.core.eventbus").setLevel(Level.ERROR);
    context.getLogger("upper.access").setLevel(Level.OFF);
  }

  /** An appender for the lines of level INFO, or for all others. */
  private static ConsoleAppender<ILoggingEvent> appender(
      LoggerContext context, String name, ConsoleTarget target, FilterReply info, String pattern) {
    LevelFilter filter = new LevelFilter();
    filter.setContext(context);
    filter.setLevel(Level.INFO);
    filter.setOnMatch(info);
    filter.setOnMismatch(info == FilterReply.ACCEPT ? FilterReply.DENY : FilterReply.ACCEPT);
    filter.start();
    PatternLayoutEncoder encoder = new LateEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(pattern);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName(name);
    appender.setTarget(target.getName());
    appender.addFilter(filter);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  /** Compiles its pattern for the first line: a short command logs none, and a server no time. */
  private static final class LateEncoder extends PatternLayoutEncoder {
    @Override
    public void start() {
      started = true;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      compile();
      return super.encode(event);
    }

    private synchronized void compile() {
      if (layout == null) {
        super.start();
      }
    }
  }
}
