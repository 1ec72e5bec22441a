package io.upper.check;

import java.util.Arrays;

/**
 * What one client saw, without the bulk of its data.
 *
 * @param port the client's own; 0 if it never was connected
 * @param transcript what happened on its connection
 * @param expected around the first difference
 * @param received around the first difference
 * @param windowStart the position of the first byte of both windows
 * @param difference the position of the first byte that differs, is missing, or is too much
 * @param expectedCount bytes that it expected in all
 * @param receivedCount bytes that it received in all
 * @param state how its connection stands
 * @param reads whether it reads what comes
 */
public record Observation(
    int port,
    Transcript transcript,
    byte[] expected,
    byte[] received,
    int windowStart,
    int difference,
    int expectedCount,
    int receivedCount,
    Client.State state,
    boolean reads) {
  private static final int BEFORE = 16;
  private static final int AFTER = 32;

  static Observation of(Client client) {
    int difference = client.firstDifference();
    int from = Math.max(0, difference - BEFORE);
    byte[] expected = client.expected();
    byte[] received = client.received();
    return new Observation(
        client.port(),
        client.transcript(),
        window(expected, from, difference + AFTER),
        window(received, from, difference + AFTER),
        from,
        difference,
        expected.length,
        received.length,
        client.state(),
        client.reads());
  }

  private static byte[] window(byte[] bytes, int from, int to) {
    int end = Math.min(to, bytes.length);
    return from >= end ? new byte[0] : Arrays.copyOfRange(bytes, from, end);
  }

  /** Whether everything came that was expected, and nothing else. */
  public boolean asExpected() {
    return difference == expectedCount && receivedCount == expectedCount;
  }

  /** Whether the client had ended its side. */
  public boolean clientEnded() {
    return transcript.has(Transcript.Action.ENDED);
  }
}
