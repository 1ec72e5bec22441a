package io.upper.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.upper.config.AccessLogFormat;
import java.io.OutputStream;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log to standard output in a dedicated thread. If that is slow, event loops do
 * not wait; lines are dropped instead, and the next line reports their number.
 */
final class AccessLogOutput extends AsyncAppender {
  private static final String ACCESS = "upper.access";

  private static final int QUEUE = 16 * 1024;
  // Event loops may all see room and add a line at once; there are fewer of them than this.
  private static final int RESERVE = 1024;
  private static final int MAX_FLUSH_MILLIS = 2_000;

  private final LongAdder lost = new LongAdder();

  /** Queues lines for a slow appender. */
  AccessLogOutput(LoggerContext context, Appender<ILoggingEvent> slow) {
    setContext(context);
    setName(ACCESS);
    setQueueSize(QUEUE);
    setDiscardingThreshold(RESERVE);
    setNeverBlock(true);
    setMaxFlushTime(MAX_FLUSH_MILLIS);
    addAppender(slow);
    start();
  }

  /**
   * Starts the access log. An appender that the Logback configuration attaches to the logger {@code
   * upper.access} takes precedence.
   *
   * @param format not {@code OFF}
   * @return the output to stop at the end, or null if there is none
   */
  static AccessLogOutput start(AccessLogFormat format) {
    Logger access = (Logger) LoggerFactory.getLogger(ACCESS);
    access.setLevel(Level.INFO);
    if (access.iteratorForAppenders().hasNext()) {
      return null;
    }
    LoggerContext context = access.getLoggerContext();
    AccessLogOutput output = new AccessLogOutput(context, console(context, format));
    access.setAdditive(false);
    access.addAppender(output);
    return output;
  }

  private static Appender<ILoggingEvent> console(LoggerContext context, AccessLogFormat format) {
    AccessLogEncoder encoder = new AccessLogEncoder(format);
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> console = new OutputStreamAppender<>();
    console.setContext(context);
    console.setEncoder(encoder);
    console.setOutputStream(new BlockingOutput());
    console.start();
    return console;
  }

  /** Standard output; blocks this thread while it is slow. */
  private static final class BlockingOutput extends OutputStream {
    @Override
    public void write(int b) {
      System.out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      ConsoleOutput.awaitRoom();
      System.out.write(bytes, offset, length);
    }
  }

  /** Called when the queue is nearly full: every event is dropped. */
  @Override
  protected boolean isDiscardable(ILoggingEvent event) {
    lost.increment();
    return true;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (lost.sum() > 0 && !isQueueBelowDiscardingThreshold()) {
      long lines = lost.sumThenReset();
      if (lines > 0) {
        LoggerFactory.getLogger(ACCESS).atInfo().addKeyValue("lost", lines).log("lines lost");
      }
    }
    super.append(event);
  }
}
