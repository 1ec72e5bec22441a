package io.upper.stress.report;

import io.upper.jvm.Daemon;
import io.upper.report.Terminal;
import io.upper.stress.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Shows the progress of a run, in a dedicated thread, so that no event loop ever writes to a
 * terminal. On a terminal a few lines are redrawn in place; elsewhere a line is printed
 * periodically.
 *
 * <p>Between frames the cursor is visible below the panel and no terminal mode is changed, so there
 * is nothing to restore, even after SIGKILL. {@link #close} erases the panel.
 */
public final class LiveDisplay implements AutoCloseable {
  private static final long REDRAW_MILLIS = 125;
  private static final long LINE_MILLIS = 2_000;

  // ECMA-48: cursor previous line, erase in line, erase in page; DEC private mode 7: wrapping.
  private static final String UP = "\u001b[%dF";
  private static final String ERASE_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";

  private final Supplier<List<String>> panel;
  // Null if nothing is printed without a terminal.
  private final Supplier<String> line;
  private final PrintStream out;
  private final Terminal terminal;
  // Null before begin().
  private Thread thread;
  private int drawn;

  LiveDisplay(Supplier<Progress> progress, PrintStream out, Terminal terminal) {
    this(
        () -> new ProgressText(terminal.width(), terminal.colour()).panel(progress.get()),
        () -> ProgressText.line(progress.get()),
        out,
        terminal);
  }

  LiveDisplay(
      Supplier<List<String>> panel, Supplier<String> line, PrintStream out, Terminal terminal) {
    this.panel = panel;
    this.line = line;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Starts a display on standard error.
   *
   * @param progress called about eight times a second by another thread: must be fast and
   *     thread-safe
   * @return the display, to close at the end
   */
  public static LiveDisplay start(Supplier<Progress> progress) {
    return new LiveDisplay(progress, System.err, Terminal.ofStandardError()).begin();
  }

  /**
   * Starts a panel on standard error if that is a terminal.
   *
   * @param panel returns the lines for a width in columns; called like {@code progress} above
   * @return the display, to close at the end
   */
  public static LiveDisplay startPanel(IntFunction<List<String>> panel) {
    Terminal terminal = Terminal.ofStandardError();
    return new LiveDisplay(() -> panel.apply(terminal.width()), null, System.err, terminal).begin();
  }

  LiveDisplay begin() {
    thread = Daemon.start("upper-display", this::show);
    return this;
  }

  /** Ends the display and erases it; idempotent. */
  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    wipe();
  }

  private void show() throws InterruptedException {
    while (terminal.present() || line != null) {
      if (terminal.present()) {
        draw(panel.get());
        Thread.sleep(REDRAW_MILLIS);
      } else {
        Thread.sleep(LINE_MILLIS);
        out.println(line.get());
      }
    }
  }

  /** Writes a frame at once, so that none is shown in part. Lines are truncated, not wrapped. */
  void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder(WRAP_OFF).append(up());
    for (String line : lines) {
      frame.append(line).append(ERASE_LINE).append('\n');
    }
    out.print(frame.append(WRAP_ON).append(ERASE_BELOW));
    out.flush();
    drawn = lines.size();
  }

  private void wipe() {
    if (drawn > 0) {
      out.print(up() + ERASE_BELOW);
      out.flush();
      drawn = 0;
    }
  }

  private String up() {
    return drawn == 0 ? "" : String.format(Locale.ROOT, UP, drawn);
  }
}
