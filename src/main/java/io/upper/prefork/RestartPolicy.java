package io.upper.prefork;

import java.time.Duration;
import java.util.Locale;

/**
 * When to restart processes that die, and when to give up. The delay doubles with each quick death.
 *
 * @param quickDeath a process that dies within this time of its start counts as a quick death
 * @param maxQuickDeaths number of quick deaths in a row after which to give up
 * @param firstDelay delay of the restart after the first quick death
 * @param maxDelay maximum delay
 */
record RestartPolicy(
    Duration quickDeath, int maxQuickDeaths, Duration firstDelay, Duration maxDelay) {
  static final RestartPolicy DEFAULT =
      new RestartPolicy(Duration.ofSeconds(10), 8, Duration.ofMillis(100), Duration.ofSeconds(10));

  String reasonToGiveUp() {
    return String.format(
        Locale.ROOT,
        "; giving up: %d processes in a row ended within %d s of their start",
        maxQuickDeaths,
        quickDeath.toSeconds());
  }

  /** The delay of a restart after so many quick deaths in a row. */
  long delayMillis(int quickDeaths) {
    return quickDeaths == 0
        ? 0
        : Math.min(maxDelay.toMillis(), firstDelay.toMillis() << (quickDeaths - 1));
  }
}
