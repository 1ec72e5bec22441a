package io.upper.report;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What standard error is.
 *
 * @param present whether it is a terminal that lines can be redrawn on
 * @param width in columns
 * @param colour whether colours are wanted
 */
public record Terminal(boolean present, int width, boolean colour) {
  private static final int USUAL_WIDTH = 80;
  private static final int MAX_WAIT_SECONDS = 2;

  /** Prints rows and columns of what descriptor 2 is, nothing when that is no terminal. */
  private static final String ASK = "test -t 2 || exit; stty size <&2 2>/dev/null || echo 0 0";

  /**
   * Asks the shell about descriptor 2, which a child inherits. {@link System#console()} tells
   * something else: whether standard input <em>and</em> output are terminals, so that a report sent
   * to a file would silence the display; and since Java 22 it may be there without any terminal.
   * Where there is no shell (Windows) there are plain lines.
   */
  public static Terminal ofStandardError() {
    return of(sizeOfStandardError(), System.getenv());
  }

  /**
   * Decides.
   *
   * @param size rows and columns as {@code stty size} prints them; empty when there is no terminal
   */
  public static Terminal of(String size, Map<String, String> environment) {
    boolean dumb = "dumb".equals(environment.get("TERM"));
    // https://no-color.org: set and not empty.
    boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(!size.isEmpty() && !dumb, width(size), colour);
  }

  private static int width(String size) {
    String columns = size.substring(size.indexOf(' ') + 1);
    // A terminal that was never told its size says 0.
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
