package io.upper.check;

import io.upper.check.cases.Cases;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
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

  /** Of a client that got something else than it expected. */
  public static Observation saw(String expected, byte[] received) {
    byte[] right = expected.getBytes(StandardCharsets.UTF_8);
    int mismatch = Arrays.mismatch(right, received);
    return new Observation(
        40_000,
        new Transcript(0),
        right,
        received,
        0,
        mismatch < 0 ? right.length : mismatch,
        right.length,
        received.length,
        Client.State.OPEN,
        true);
  }

  /** Of a case whose client sent this, and reset the connection. */
  public static Verdict reset(String id, String sent) {
    Transcript transcript = new Transcript(0);
    transcript.add(Transcript.Action.SENT, sent.getBytes(StandardCharsets.UTF_8));
    transcript.add(Transcript.Action.RESET);
    Observation client =
        new Observation(
            40_000, transcript, new byte[0], new byte[0], 0, 0, 0, 0, Client.State.OPEN, true);
    Verdict ran = ran(id, Outcome.PASS);
    return new Verdict(
        ran.check(),
        Outcome.PASS,
        true,
        false,
        false,
        ran.elapsed(),
        "",
        null,
        List.of(client),
        List.of());
  }
}
