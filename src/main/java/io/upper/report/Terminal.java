package io.upper.report;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The terminal at standard error.
 *
 * @param present whether standard error is a terminal whose lines can be redrawn
 * @param width in columns
 * @param colour whether to use colours
 */
public record Terminal(boolean present, int width, boolean colour) {
  private static final int USUAL_WIDTH = 80;
  private static final int MAX_WAIT_SECONDS = 2;

  /** Prints rows and columns of the terminal at descriptor 2; nothing if it is not one. */
  private static final String ASK = "test -t 2 || exit; stty size <&2 2>/dev/null || echo 0 0";

  /**
   * Asks a shell, which inherits descriptor 2. {@link System#console()} does not answer the
   * question: it requires standard input <em>and</em> output to be terminals, and since Java 22 it
   * may exist without any. Without a shell (Windows) the result is not a terminal.
   */
  public static Terminal ofStandardError() {
    return of(sizeOfStandardError(), System.getenv());
  }

  /**
   * Decides by size and environment.
   *
   * @param size rows and columns as {@code stty size} prints them; empty without a terminal
   */
  public static Terminal of(String size, Map<String, String> environment) {
    boolean dumb = "dumb".equals(environment.get("TERM"));
    // https://no-color.org: set and not empty.
    boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(!size.isEmpty() && !dumb, width(size), colour);
  }

  private static int width(String size) {
    String columns = size.substring(size.indexOf(' ') + 1);
    // 0 if the size was never set.
    return columns.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(columns) : USUAL_WIDTH;
  }

  private static String sizeOfStandardError() {
    try {
      Process shell = new ProcessBuilder("sh", "-c", ASK).redirectError(Redirect.INHERIT).start();
      shell.getOutputStream().close();
      if (!shell.waitFor(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
        return "";
      }
      return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
