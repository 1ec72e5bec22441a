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
 * Writes the access log to standard output, in a thread of its own: where that is slow, an event
 * loop does not wait, but lines are lost. How many, the next line says.
 */
final class AccessLogOutput extends AsyncAppender {
  private static final String ACCESS = "upper.access";

  private static final int QUEUE = 16 * 1024;
  // Event loops that find the queue not full yet may all put a line; there are fewer than these.
  private static final int RESERVE = 1024;
  private static final int MAX_FLUSH_MILLIS = 2_000;

  private final LongAdder lost = new LongAdder();

  /** Hands lines over to an appender that may be slow. */
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
   * Begins the access log. A configuration of logback that gives the logger {@code upper.access} an
   * appender of its own has precedence.
   *
   * @param format not {@code OFF}
   * @return what is to be stopped at the end; null when there is nothing
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
    console.setOutputStream(new Patient());
    console.start();
    return console;
  }

  /** Standard output; where that is slow, it is this thread that waits. */
  private static final class Patient extends OutputStream {
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

  /** Asked when the queue is as good as full: whatever it is, it is lost. */
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
