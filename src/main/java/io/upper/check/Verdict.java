package io.upper.check;

import java.time.Duration;
import java.util.List;

/**
 * How one case ended, and the evidence.
 *
 * @param check the case
 * @param outcome how it ended
 * @param counts whether it counts in a mark: a skipped one does if the server or the time ended
 *     before it, not if it says nothing about the server
 * @param brief whether it ran in its short form
 * @param flaky whether it failed for lack of time and then passed
 * @param elapsed its time, of both attempts if it was tried again
 * @param reason why it failed or was skipped; of a flaky one, why the first attempt failed; else
 *     empty
 * @param symptom of the failure, or null
 * @param clients what the clients saw: first the one that saw the failure; not all of many
 * @param lastLines the last lines that the server printed, if the grader started it
 */
public record Verdict(
    CheckCase check,
    Outcome outcome,
    boolean counts,
    boolean brief,
    boolean flaky,
    Duration elapsed,
    String reason,
    Symptom symptom,
    List<Observation> clients,
    List<String> lastLines) {

  /** Of a case that was not run. */
  static Verdict skipped(CheckCase check, String reason, boolean counts) {
    return new Verdict(
        check,
        Outcome.SKIPPED,
        counts,
        false,
        false,
        Duration.ZERO,
        reason,
        null,
        List.of(),
        List.of());
  }
}
