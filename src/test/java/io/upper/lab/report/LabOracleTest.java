package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabModel;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Prediction;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.upper.report.Page.Question;
import io.upper.report.Provenance;
import io.upper.report.Units;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Sessions drawn at random, simulated exactly, and every number that is said of them reckoned
 * again: by {@link Oracle} from the requests, or by a simulation of what is foretold.
 */
@Tag("one-jdk")
class LabOracleTest {
  private static final int RUNS = 200;

  private static Load load(SplittableRandom random) {
    int clients = random.nextInt(8) == 0 ? random.nextInt(41, 61) : random.nextInt(1, 13);
    return Runs.load(clients, random.nextInt(1, 6), random.nextInt(1, 400));
  }

  private static Provenance processors(int count) {
    return new Provenance("upper lab", "1", "17", "5", "4", "Linux", "amd64", count);
  }

  private static LabResult session(Load load, int processors, ModelRun... runs) {
    return new LabResult(
        processors(processors), Runs.STARTED, load, Arrays.asList(runs), List.of());
  }

  @Test
  void everyNumberOfARunIsThatOfTheSimulation() {
    SplittableRandom random = new SplittableRandom(15);
    for (int i = 0; i < RUNS; i++) {
      Load load = load(random);
      int workers = random.nextInt(1, 7);
      Runs runs =
          Runs.of(load)
              .predicted(Duration.ofMillis(random.nextInt(1, 9) * load.job().millis()), "by hand");
      ModelRun run =
          switch (random.nextInt(5)) {
            case 0 -> runs.iterative();
            case 1 -> runs.eventLoop();
            case 2 -> runs.pool(workers);
            case 3 -> runs.children(workers * 10, random.nextInt(1, 900) * Runs.MILLI + 4_321);
            default -> {
              int[] process = IntStream.generate(() -> random.nextInt(workers)).limit(61).toArray();
              yield runs.processes(workers, client -> process[client]);
            }
          };
      // Times that are no round numbers, too.
      ModelRun odd = Runs.stretched(run, 1 + random.nextDouble());
      Oracle.check(session(load, random.nextInt(1, 9), run, odd));
    }
  }

  /** What is predicted is what servers without any cost of their own take. */
  @Test
  void predictionsAreWhatTheSimulationTakes() {
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < RUNS; i++) {
      Load tcp = load(random);
      Load udp = new Load(Protocol.UDP, tcp.clients(), tcp.requests(), tcp.job(), 1);
      for (Load load : List.of(tcp, udp)) {
        Runs runs = Runs.of(load);
        ModelRun children = load == tcp ? runs.children(40, 0) : runs.pool(40);
        predicts("iterative", load, runs.iterative());
        predicts("event-loop", load, runs.eventLoop());
        predicts("worker-pool", load, runs.pool(5));
        predicts("process-per-connection", load, children);
        int processes = random.nextInt(2, 9);
        int[] process = IntStream.generate(() -> random.nextInt(processes)).limit(61).toArray();
        predicts(
            "processes:" + processes, load, runs.processes(processes, client -> process[client]));
      }
    }
  }

  private static void predicts(String model, Load load, ModelRun simulated) {
    Prediction prediction = Prediction.of(LabModel.of(model), load, simulated.requests());
    assertEquals(simulated.wall(), prediction.wall(), () -> model + " " + load);
  }

  @Test
  void answersAreWhatTheSimulationTakes() {
    SplittableRandom random = new SplittableRandom(18);
    for (int i = 0; i < RUNS; i++) {
      Load load = load(random);
      int processors = random.nextInt(1, 9);
      ModelRun iterative = predicted("iterative", load, Runs.of(load).iterative());
      ModelRun loop = predicted("event-loop", load, Runs.of(load).eventLoop());
      ModelRun pool = predicted("worker-pool", load, Runs.of(load).pool(5));
      ModelRun children =
          predicted("process-per-connection", load, Runs.of(load).children(40, 7_654_321));
      LabResult session = session(load, processors, iterative, loop, pool, children);
      Questions.on(session).forEach(question -> check(question, session));
    }
  }

  private static ModelRun predicted(String model, Load load, ModelRun run) {
    Prediction prediction = Prediction.of(LabModel.of(model), load, List.of());
    long children = run.requests().stream().map(ServedRequest::worker).distinct().count();
    return new ModelRun(
        run.name(),
        run.workers(),
        prediction.wall(),
        prediction.arithmetic(),
        run.wall(),
        run.requests(),
        0,
        run.cpu(),
        run.resident() + (children << 25),
        null);
  }

  private static void check(Question question, LabResult session) {
    Load load = session.load();
    String said = question.answer();
    List<ModelRun> runs = session.runs();
    long all = (long) load.clients() * load.requests();
    long job = load.job().millis();
    if (question.text().startsWith("One event loop")) {
      assertTrue(question.text().contains(Units.plural(all, "request") + " of " + job + " ms"));
      Matcher m =
          match("(\\S+) × (\\d+) ms = (.+); measured: (.+)\\. A .* took (.+) or more\\.", said);
      assertEquals(all + "", m.group(1).replace(",", ""));
      assertEquals(Units.exact(Duration.ofMillis(all * job)), m.group(3), said);
      assertEquals(Units.time(runs.get(0).wall()), m.group(4), said);
      List<Long> latencies =
          runs.get(0).requests().stream().map(ServedRequest::latency).sorted().toList();
      assertEquals(Units.time(latencies.get((latencies.size() + 1) / 2 - 1)), m.group(5), said);
    } else if (question.text().startsWith("Both")) {
      assertTrue(said.contains("it serves 1 at once"), said);
      assertTrue(said.contains("up to " + load.clients() + " at once"), said);
      assertTrue(
          question.text().contains(Units.time(runs.get(0).wall()))
              && question.text().contains(Units.time(runs.get(1).wall())));
    } else if (question.text().startsWith("Twice")) {
      twice(said, load);
    } else if (question.text().startsWith("The job computes")) {
      int atOnce = Math.min(load.clients(), session.provenance().processors());
      Matcher m =
          match(
              "(.+) of computing .* at most (\\d+) at once, that takes (.+) at the least.*"
                  + " alone needs (.+)\\.",
              said);
      assertEquals(Units.exact(Duration.ofMillis(all * job)), m.group(1), said);
      assertEquals(atOnce, Integer.parseInt(m.group(2)), said);
      assertEquals(Units.time(all * job * 1e6 / atOnce), m.group(3), said);
      assertEquals(m.group(1), m.group(4), said);
    } else if (question.text().startsWith("Which model was")) {
      unfair(said, session);
    } else {
      Matcher m =
          match(
              "With (\\d+) process(?:es)? at once it took (\\S+) MiB, event-loop (\\S+) MiB for up to"
                  + " (\\d+) requests? at once\\. \\((\\S+) - (\\S+)\\) ÷ (\\S+) = (\\S+) MiB for each;"
                  + " times 10,000 that is (\\S+) MiB\\.",
              said);
      assertEquals(Math.min(40, load.clients()), Integer.parseInt(m.group(1)), said);
      assertEquals(load.clients(), Integer.parseInt(m.group(4)), said);
      assertEquals(m.group(2) + m.group(3) + m.group(1), m.group(5) + m.group(6) + m.group(7));
      double each = (double) (number(m.group(5)) - number(m.group(6))) / number(m.group(7));
      assertEquals(Math.round(each), number(m.group(8)), said);
      assertEquals(10_000 * number(m.group(8)), number(m.group(9)), said);
    }
  }

  private static void twice(String said, Load load) {
    Load doubled = Runs.load(2 * load.clients(), load.requests(), load.job().millis());
    Runs now = Runs.of(load);
    Runs then = Runs.of(doubled);
    List<ModelRun> before =
        List.of(now.iterative(), now.eventLoop(), now.pool(5), now.children(40, 0));
    List<ModelRun> after =
        List.of(then.iterative(), then.eventLoop(), then.pool(5), then.children(40, 0));
    assertTrue(said.endsWith(" The start of twice as many processes comes on top."), said);
    for (int i = 0; i < before.size(); i++) {
      Duration one = before.get(i).wall();
      Duration two = after.get(i).wall();
      String takes = before.get(i).name() + " takes " + Units.exact(two);
      assertTrue(
          said.contains(
              one.equals(two)
                  ? takes + ", as before"
                  : takes
                      + " in place of "
                      + Units.exact(one)
                      + ", "
                      + LabTable.factor((double) two.toNanos() / one.toNanos())
                      + " times as long"),
          said);
    }
  }

  private static void unfair(String said, LabResult session) {
    Matcher m = match("(.+), with an index of (\\S+) \\(.*?\\)\\. (?:All|Client) .*", said);
    double least = 1;
    String who = "";
    for (ModelRun run : session.runs()) {
      // Jain's index of throughputs.
      double[] x =
          IntStream.range(0, session.load().clients())
              .mapToDouble(
                  c ->
                      1.0
                          / run.requests().stream()
                              .filter(r -> r.client() == c)
                              .mapToLong(ServedRequest::answered)
                              .max()
                              .orElseThrow())
              .toArray();
      double sum = Arrays.stream(x).sum();
      double index = sum * sum / (x.length * Arrays.stream(x).map(y -> y * y).sum());
      if (index < least - 1e-12) {
        least = index;
        who = run.name();
      }
    }
    assertEquals(who, m.group(1), said);
    assertEquals(least, Double.parseDouble(m.group(2)), 0.0051, said);
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private static Matcher match(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.matches(), text);
    return matcher;
  }

  /** What is said of a curve, and the reason that is given for its ideal. */
  @Test
  void whatIsSaidOfACurveIsTrue() {
    SplittableRandom random = new SplittableRandom(19);
    for (int i = 0; i < RUNS; i++) {
      Job.Kind kind = random.nextBoolean() ? Job.Kind.SLEEP : Job.Kind.SPIN;
      Load load =
          new Load(
              Protocol.TCP,
              random.nextInt(1, 30),
              random.nextInt(1, 5),
              new Job(kind, random.nextInt(1, 9)),
              1);
      int processors = random.nextInt(1, 9);
      String model = random.nextBoolean() ? "iterative" : "event-loop";
      boolean free = kind == Job.Kind.SLEEP && model.equals("event-loop");
      int last = random.nextInt(2, 40);
      ScalingCurve.Point one = free ? all(load, 1) : point(load, 1);
      ScalingCurve.Point more = free ? all(load, last) : point(load, last);
      if (kind == Job.Kind.SPIN) {
        // No more at once than there are processors.
        double most = one.throughput() * processors;
        if (more.throughput() > most) {
          more =
              new ScalingCurve.Point(
                  last,
                  more.answered(),
                  Duration.ofNanos((long) (more.answered() * 1e9 / most)),
                  Duration.ZERO);
        }
      }
      ScalingCurve curve = new ScalingCurve(model, load.job(), List.of(one, more), List.of());
      LabResult session =
          new LabResult(processors(processors), Runs.STARTED, load, List.of(), List.of(curve));
      String times = LabTable.factor(more.throughput() / one.throughput());
      String sentence = ScalingText.sentence(curve, session);
      assertEquals(
          String.format(
              "%d instances answered %s requests per second, %s times as many as 1 instance; ideal"
                  + " are %s times.",
              last, Units.rate(more.throughput()), times, times),
          sentence);
      String said = ScalingText.question(curve, session).orElseThrow().answer();
      assertTrue(said.startsWith(times + " times as many; ideal are " + times + " times. "), said);
      int busiest = IntStream.range(0, load.clients()).map(c -> c % last == 0 ? 1 : 0).sum();
      double loops = (double) load.clients() / busiest;
      String reason = said.substring(said.indexOf("times. ") + 7);
      if (free) {
        assertTrue(reason.startsWith("The job waits without blocking"), said);
      } else if (kind == Job.Kind.SPIN && processors < loops) {
        assertTrue(reason.contains("ends at the " + Units.plural(processors, "processor")), said);
      } else if (loops == last) {
        assertTrue(reason.startsWith("Each instance has an event loop"), said);
      } else if (busiest == 1) {
        assertTrue(reason.contains("no more than " + Units.plural(load.clients(), "client")), said);
      } else {
        assertTrue(
            reason.startsWith(
                "One of the instances has " + busiest + " clients of the " + load.clients()),
            said);
      }
    }
  }

  @Test
  void aCurveThatIsFarFromIdealIsNotExplainedByTheLoops() {
    Load load = Runs.load(8, 1, 100);
    ScalingCurve.Point one = point(load, 1);
    for (long millis : new long[] {300, 70}) {
      ScalingCurve.Point two =
          new ScalingCurve.Point(4, 8, Duration.ofMillis(millis), Duration.ZERO);
      ScalingCurve curve = new ScalingCurve("iterative", load.job(), List.of(one, two), List.of());
      LabResult session =
          new LabResult(processors(2), Runs.STARTED, load, List.of(), List.of(curve));
      String said = ScalingText.question(curve, session).orElseThrow().answer();
      assertTrue(said.endsWith("which this run does not tell."), said);
      assertEquals(millis == 70, said.contains("More than ideal"), said);
    }
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

  private static ScalingCurve.Point all(Load load, int instances) {
    ModelRun run = Runs.of(load).eventLoop();
    return new ScalingCurve.Point(instances, run.requests().size(), run.wall(), Duration.ZERO);
  }
}
