package io.upper.check;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * The result of a grading.
 *
 * @param server as the user named it
 * @param address where it listened
 * @param seed of the random texts
 * @param traits what the server is; null if it was not found out
 * @param verdicts in the order in which the cases ran
 * @param elapsed of the whole grading
 * @param usage what the server used, if the grader started it; else null
 * @param ended why the grading ended early; else empty
 */
public record Report(
    String server,
    SocketAddress address,
    long seed,
    Traits traits,
    List<Verdict> verdicts,
    Duration elapsed,
    Usage usage,
    String ended) {

  /**
   * What a started server used.
   *
   * @param cpu of it and all its descendants
   * @param peakMemory resident bytes, the most that was seen
   * @param exit how it ended after SIGTERM
   */
  public record Usage(Duration cpu, long peakMemory, String exit) {}

  /** The same, with what the server used. */
  public Report with(Usage used) {
    return new Report(server, address, seed, traits, verdicts, elapsed, used, ended);
  }

  /** {@code tcp}. */
  public String protocol() {
    return verdicts.get(0).check().protocol();
  }

  /** How many cases ended so. */
  public long count(Outcome outcome) {
    return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
  }

  /** Whether no must-case failed. */
  public boolean passed() {
    return count(Outcome.FAIL) == 0;
  }
}
