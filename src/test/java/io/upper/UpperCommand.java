package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The program's commands in this JVM, which saves a start of about a second. What a process has of
 * its own (signals, environment, directory, descriptors, the exit) is tested with {@link
 * UpperProcess}.
 */
public final class UpperCommand {

  private UpperCommand() {}

  /** Runs it with empty input, to its end. */
  public static synchronized UpperProcess.Ended run(String... args) {
    InputStream in = System.in;
    PrintStream out = System.out;
    PrintStream err = System.err;
    Map<Logger, Level> levels = levels();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setIn(InputStream.nullInputStream());
    System.setOut(new PrintStream(written, true, UTF_8));
    System.setErr(new PrintStream(errors, true, UTF_8));
    try {
      int status = Main.run(args);
      return new UpperProcess.Ended(status, written.toString(UTF_8), errors.toString(UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(out);
      System.setErr(err);
      levels().keySet().forEach(logger -> logger.setLevel(levels.get(logger)));
    }
  }

  /** Of all loggers, since {@code -v} changes some for the whole JVM. */
  private static Map<Logger, Level> levels() {
    Map<Logger, Level> levels = new HashMap<>();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLoggerList().forEach(logger -> levels.put(logger, logger.getLevel()));
    return levels;
  }
}
