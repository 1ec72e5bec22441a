package io.upper.check;

import io.upper.check.cases.Cases;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Reports made by hand. */
public final class Reports {

  private Reports() {}

  /** Of these verdicts. */
  public static Report of(Verdict... verdicts) {
    return new Report(
        "a server",
        new InetSocketAddress("127.0.0.1", 2000),
        7,
        Traits.UNKNOWN,
        List.of(verdicts),
        Duration.ofMillis(1500),
        null,
        "");
  }

  /** Of a case that was run. */
  public static Verdict ran(String id, Outcome outcome) {
    return verdict(id, outcome, true, outcome == Outcome.PASS ? "" : "Nothing came.");
  }

  /** Of a case that was not run. */
  public static Verdict skipped(String id, boolean counts) {
    return verdict(id, Outcome.SKIPPED, counts, counts ? "it ended" : "not of this kind");
  }

  private static Verdict verdict(String id, Outcome outcome, boolean counts, String reason) {
    CheckCase check =
        Cases.ALL.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    boolean failed = outcome == Outcome.FAIL || outcome == Outcome.WEAK;
    return new Verdict(
        check,
        outcome,
        counts,
        false,
        false,
        Duration.ofMillis(250),
        reason,
        failed ? Symptom.NO_REPLY : null,
        List.of(),
        List.of());
  }
}
