package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.stress.Delay;
import io.upper.stress.Fault;
import io.upper.stress.Refusal;
import io.upper.stress.StressResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
  /** Nothing to doubt: 20,000 replies in 2 s. */
  private static Results good() {
    return Results.none().replies(20_000, Results.MILLI);
  }

  @Test
  void goodResultNeedsNone() {
    assertEquals(List.of(), on(good()));
    assertEquals(List.of(), on(good().openLoop(10_000, 20_000, 200)), "1 % missed is little");
  }

  @Test
  void generatorWasTheLimit() {
    assertOne(
        good().openLoop(10_000, 20_000, 400),
        "the generator was the limit: 400 of 20,000 sends (2.0 %) were late");
  }

  @Test
  void serverDidNotKeepUp() {
    assertOne(
        good().openLoop(20_000, 40_000, 0).unsent(Delay.WAITING, 20_000),
        "it answered 10,000/s of the 20,000/s planned, and 20,000 requests waited for an earlier");
    assertOne(
        good().openLoop(20_000, 20_000, 0).late(Delay.WAITING, 19_000),
        "the server did not keep up");
  }

  /** Fewer replies than planned are no proof of a slow server. */
  @Test
  void clientsThatWereStillConnectingSayNothingOfTheServersSpeed() {
    Results result =
        good().openLoop(20_000, 40_000, 0).protocol(Protocol.TLS).unsent(Delay.CONNECTING, 20_000);
    assertOne(
        result,
        "20,000 of 40,000 requests were late or not sent because their clients were still"
            + " connecting, or in the TLS handshake; a --warmup longer than 1 s excludes them");
  }

  @Test
  void errorsAreNotAServerThatDoesNotKeepUp() {
    assertOne(
        good().openLoop(20_000, 40_000, 0).fault(Fault.WRONG, 20_000),
        "20,000 errors: the latencies");
  }

  @Test
  void limitsOfThisMachineAreOneNote() {
    assertOne(
        good().refusal(Refusal.DESCRIPTORS, 700).refusal(Refusal.PORTS, 30),
        "limits of this machine, not of the server: no more open files, 700 times (raise ulimit -n,"
            + " or use fewer clients); no free ephemeral port, 30 times (use fewer clients, or a"
            + " larger net.ipv4.ip_local_port_range); requests not sent for that reason are not errors");
    assertOne(
        Results.none().refusal(Refusal.DESCRIPTORS, 4).unreachable(),
        "no more open files, 4 times");
  }

  @Test
  void repliesDroppedHereAreNotTheServersFault() {
    assertOne(good().dropped(3), "3 replies were dropped by this machine");
    assertOne(
        good().fault(Fault.LOST, 1).dropped(StressResult.UNKNOWN).noReplies(),
        "this system does not report how many of the lost replies were dropped by this machine");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_LISTENING        | nothing listens on tls localhost:2000; start a server with
          NO_ANSWER            | tls localhost:2000 did not answer within 5 s (--timeout)
          UNREACHABLE          | no route to tls localhost:2000
          HANDSHAKE_TIMED_OUT  | accepts connections, but no TLS handshake completed within 5 s
          HANDSHAKE_FAILED     | accepts connections, but the TLS handshake fails
          CERTIFICATE_REFUSED  | pass its CA with --ca, or trust any server with --insecure
          CERTIFICATE_WANTED   | tls localhost:2000 requires a client certificate
          """)
  void whyNothingCouldConnect(Refusal refusal, String part) {
    assertOne(
        Results.none()
            .protocol(Protocol.TLS)
            .refusal(refusal, 4)
            .fault(Fault.REFUSED, 4)
            .unreachable(),
        part);
  }

  /** Each option is proposed only as something that was not done yet. */
  @Test
  void knowsWhichOptionsWereGiven() {
    Results refused = Results.none().protocol(Protocol.TLS).refusal(Refusal.CERTIFICATE_REFUSED, 4);
    assertOne(refused.ca("my.pem").unreachable(), "my.pem (--ca) did not sign for");
    Results few = Results.none().replies(999, Results.MILLI);
    assertOne(few, "with more --requests than 8 or a --duration");
    assertOne(few.duration(Duration.ofSeconds(2)), "8 and a --duration longer than 2 s");
    Results shortly = good().noWarmup().elapsed(Duration.ofMillis(500));
    assertOne(shortly.duration(Duration.ofMillis(500)), "a --duration longer than 0.5 s, and a");
    Results busy = good().cpu(Duration.ofMillis(1_900)).eventLoops(1);
    assertOne(busy, "give it more --threads than 1");
    assertOne(good().cpu(Duration.ofMillis(6_800)).eventLoops(4), 8, "take more clients");
  }

  @Test
  void generatorNearItsProcessors() {
    assertOne(good().cpu(Duration.ofMillis(3_400)), "the generator used 1.7 of 2 processors");
    assertEquals(List.of(), on(good().cpu(Duration.ofMillis(3_100))));
  }

  @Test
  void tooFewSamples() {
    assertOne(Results.none().replies(9_999, Results.MILLI), "p99.9 of 9,999 replies: too few");
    assertOne(Results.none().replies(999, Results.MILLI), "p99 and p99.9 of 999 replies: too few");
    assertEquals(List.of(), on(Results.none().replies(10_000, Results.MILLI)));
  }

  @Test
  void tooShortWithoutWarmup() {
    Results result = good().elapsed(Duration.ofMillis(120));
    assertEquals(List.of(), on(result));
    assertOne(result.noWarmup(), "measured for 120 ms only");
  }

  @Test
  void errorsLeaveTheLatenciesOfTheOthers() {
    assertOne(
        good().fault(Fault.RESET, 2).fault(Fault.LOST, 1),
        "3 errors: the latencies are only those");
  }

  @Test
  void stallInAClosedLoopIsUnderestimated() {
    assertOne(good().replies(1, 900 * Results.MILLI), "(coordinated omission)");
    Results open = good().replies(1, 900 * Results.MILLI).openLoop(10_000, 20_000, 0);
    assertEquals(List.of(), on(open), "an open loop sees it");
  }

  @Test
  void interrupted() {
    assertOne(good().interrupted(), "stopped early");
  }

  @Test
  void datagramsWithoutAnyAnswer() {
    assertOne(
        Results.none().protocol(Protocol.UDP).fault(Fault.LOST, 4).unreachable(),
        "no reply came from udp localhost:2000: nothing listens there, datagrams do not get through,"
            + " or it replies from another address");
  }

  private static List<String> on(Results result) {
    return Advice.on(result.get(), 2);
  }

  private static void assertOne(Results result, String part) {
    assertOne(result, 2, part);
  }

  private static void assertOne(Results result, int processors, String part) {
    List<String> advice = Advice.on(result.get(), processors);
    assertEquals(1, advice.size(), advice::toString);
    assertTrue(advice.get(0).contains(part), advice::toString);
  }
}
