package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;

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
    LogLevels levels = LogLevels.now();
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
      levels.restore();
    }
  }
}
