package io.upper.prefork;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a process may go without a heartbeat, which it prints every second. Counts ticks, not
 * time, so that a suspended machine or supervisor makes no process look hung.
 *
 * @param tick interval of the checks
 * @param warnTicks number of ticks without a heartbeat before a warning
 * @param killTicks number of ticks without a heartbeat before it is killed and replaced; 0: never
 */
record Watchdog(Duration tick, int warnTicks, int killTicks) {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  static final Watchdog DEFAULT = new Watchdog(Duration.ofSeconds(1), 10, 60);

  // A process stopped in a debugger prints no heartbeat either.
  private static final Watchdog UNDER_DEBUGGER = new Watchdog(Duration.ofSeconds(1), 10, 0);

  static Watchdog of(List<String> command) {
    return command.stream().anyMatch(word -> word.contains("jdwp")) ? UNDER_DEBUGGER : DEFAULT;
  }

  /** Checks a process; called once per tick. */
  void look(ServerProcess process) {
    int silence = process.tick();
    if (silence == warnTicks) {
      LOG.warn(
          "{} has been silent for {} s; {}",
          process,
          tick.multipliedBy(silence).toSeconds(),
          killTicks == 0
              ? "it is not replaced, since a debugger may have stopped it"
              : "after " + tick.multipliedBy(killTicks).toSeconds() + " s it is replaced");
    }
    if (silence == killTicks) {
      process.killSilent();
    }
  }
}
