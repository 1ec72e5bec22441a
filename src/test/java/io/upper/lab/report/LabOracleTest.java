package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.upper.report.Units;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Sentences about runs drawn at random, each number of which is reckoned again from the simulated
 * requests, millisecond by millisecond: all times of the simulation are multiples of the job.
 */
class LabOracleTest {
  private static final int RUNS = 200;
  private static final Pattern AT_ONCE = Pattern.compile("[Uu]p to ([\\d,]+) requests?");
  private static final Pattern LONGEST =
      Pattern.compile(
          "Client (\\d+) waited longest(?: of those drawn)?: (.+) with its request (\\d+), (.*)\\.");
  private static final Pattern OTHERS =
      Pattern.compile("while (\\w+) served (\\d+) others, client (\\d+) last");
  private static final Pattern ONE = Pattern.compile("while (\\w+) served client (\\d+)");

  @Test
  void everyNumberOfARunIsThatOfTheSimulation() {
    SplittableRandom random = new SplittableRandom(15);
    for (int i = 0; i < RUNS; i++) {
      Load load = Runs.load(random.nextInt(1, 13), random.nextInt(1, 6), random.nextInt(1, 9));
      int workers = random.nextInt(1, 7);
      Runs runs = Runs.of(load);
      ModelRun run =
          switch (random.nextInt(4)) {
            case 0 -> runs.iterative();
            case 1 -> runs.eventLoop();
            case 2 -> runs.pool(workers);
            default -> {
              int[] process = IntStream.generate(() -> random.nextInt(workers)).limit(13).toArray();
              yield runs.processes(workers, client -> process[client]);
            }
          };
      check(run, load, workers);
    }
  }

  private static void check(ModelRun run, Load load, int workers) {
    List<String> sentences = new Findings(run, load, 2).sentences();
    String all = String.join(" ", sentences);
    long peak = peak(run);
    Matcher atOnce = AT_ONCE.matcher(all);
    assertEquals(peak > 1, atOnce.find(), all);
    if (peak > 1) {
      assertEquals(Units.count(peak), atOnce.group(1), all);
    } else {
      assertTrue(all.contains("ne request at a time"), all);
    }
    waiting(run, all);
    long served = run.requests().stream().map(ServedRequest::worker).distinct().count();
    boolean idle = run.name().startsWith("processes") && served < workers;
    assertEquals(
        idle,
        all.contains(workers - served + " of the " + workers + " processes served nobody"),
        all);
  }

  private static void waiting(ModelRun run, String all) {
    long longest = run.requests().stream().mapToLong(r -> r.started() - r.sent()).max().orElse(0);
    Matcher said = LONGEST.matcher(all);
    if (!said.find()) {
      assertTrue(all.contains("waited long: " + Units.time(longest) + " at most"), all);
      return;
    }
    assertEquals(Units.time(longest), said.group(2), all);
    int client = Integer.parseInt(said.group(1)) - 1;
    int number = Integer.parseInt(said.group(3)) - 1;
    ServedRequest late =
        run.requests().stream()
            .filter(r -> r.client() == client && r.number() == number)
            .findFirst()
            .orElseThrow();
    assertEquals(longest, late.started() - late.sent(), all);
    List<ServedRequest> meanwhile =
        run.requests().stream()
            .filter(r -> r.worker().equals(late.worker()))
            .filter(r -> r.ended() > late.sent() && r.ended() <= late.started())
            .toList();
    Matcher others = OTHERS.matcher(all);
    Matcher one = ONE.matcher(all);
    int last;
    if (others.find()) {
      assertEquals(meanwhile.size(), Integer.parseInt(others.group(2)), all);
      last = Integer.parseInt(others.group(3)) - 1;
    } else {
      assertTrue(one.find(), all);
      assertEquals(1, meanwhile.size(), all);
      last = Integer.parseInt(one.group(2)) - 1;
    }
    assertTrue(
        meanwhile.stream().anyMatch(r -> r.client() == last && r.ended() == late.started()), all);
  }

  /** In the middle of each millisecond. */
  private static long peak(ModelRun run) {
    long peak = 0;
    for (long at = Runs.MILLI / 2; at < run.wall().toNanos(); at += Runs.MILLI) {
      long time = at;
      peak =
          Math.max(
              peak,
              run.requests().stream().filter(r -> r.started() <= time && time < r.ended()).count());
    }
    return peak;
  }

  /** The ideal of a job that waits is what a server without any cost of its own would do. */
  @Test
  void idealIsWhatTheSimulationServes() {
    SplittableRandom random = new SplittableRandom(13);
    for (int i = 0; i < RUNS; i++) {
      Load load = Runs.load(random.nextInt(1, 30), random.nextInt(1, 5), random.nextInt(1, 9));
      int first = random.nextInt(1, 5);
      int last = first + random.nextInt(1, 40);
      ScalingCurve.Point one = point(load, first);
      ScalingCurve.Point more = point(load, last);
      ScalingCurve curve = new ScalingCurve("iterative", load.job(), List.of(one, more), List.of());
      assertEquals(
          more.throughput() / one.throughput(), curve.ideal(more, load, 2), 1e-9, load::toString);
      ScalingCurve free = new ScalingCurve("event-loop", load.job(), List.of(one, more), List.of());
      assertEquals(1, free.ideal(more, load, 2), "one loop serves all who wait");
    }
  }

  @Test
  void whatComputesIsIdealOnlyUpToTheProcessors() {
    Load load = new Load(Protocol.TCP, 16, 4, new Job(Job.Kind.SPIN, 20), 1);
    ScalingCurve curve =
        new ScalingCurve(
            "iterative", load.job(), List.of(point(load, 1), point(load, 8)), List.of());
    assertEquals(2, curve.ideal(curve.points().get(1), load, 2));
    assertEquals(8, curve.ideal(curve.points().get(1), load, 64));
  }

  private static ScalingCurve.Point point(Load load, int instances) {
    // TCP deals connections to the instances in turn.
    ModelRun run = Runs.of(load).processes(instances, client -> client % instances);
    return new ScalingCurve.Point(instances, run.requests().size(), run.wall(), Duration.ZERO);
  }
}
