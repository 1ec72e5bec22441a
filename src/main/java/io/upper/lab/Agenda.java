package io.upper.lab;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The runs that a lab session is to make, how far it is, and how long the rest will take. Drawn by
 * another thread than the one that makes them.
 */
public final class Agenda {
  private static final int WIDEST_BAR = 30;

  // To start a server, warm it up and stop it, beside the load itself.
  private static final Duration OVERHEAD = Duration.ofSeconds(3);

  /**
   * A run.
   *
   * @param expected how long its load will take, as far as arithmetic can tell
   */
  public record Step(String name, Duration expected) {
    private long nanos() {
      return expected.plus(OVERHEAD).toNanos();
    }
  }

  private final List<Step> steps;

  /** Which step is at work since when (nanoTime); one object, so that both change at once. */
  private record Now(int step, long since) {}

  private volatile Now now = new Now(0, System.nanoTime());

  public Agenda(List<Step> steps) {
    this.steps = steps;
  }

  /** A step begins; those before are done. */
  public void begin(int step) {
    now = new Now(step, System.nanoTime());
  }

  /**
   * The line that shows it.
   *
   * @param width columns that there are; the last is left free
   */
  public List<String> lines(int width) {
    Now at = now;
    return List.of(line(at, System.nanoTime() - at.since, width));
  }

  private String line(Now at, long spent, int width) {
    long all = steps.stream().mapToLong(Step::nanos).sum();
    long before = steps.subList(0, at.step).stream().mapToLong(Step::nanos).sum();
    Step step = steps.get(at.step);
    // A step that takes longer than expected is nearly done until it is.
    long done = before + Math.min(spent, step.nanos());
    String text =
        String.format(
            Locale.ROOT,
            " %d of %d  %s  %s left",
            at.step + 1,
            steps.size(),
            step.name,
            Math.round((all - done) / 1e9) + " s");
    int bar = Math.max(0, Math.min(WIDEST_BAR, width - 1 - text.length()));
    int filled = (int) (bar * done / all);
    String line = "█".repeat(filled) + "░".repeat(bar - filled) + text;
    return line.length() < width ? line : line.substring(0, Math.max(0, width - 1));
  }
}
