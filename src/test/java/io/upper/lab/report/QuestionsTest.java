package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ScalingCurve.Point;
import io.upper.report.Page.Question;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static final Load LOAD = Runs.load(3, 2, 100);

  @Test
  void answersAreComputed() {
    List<Question> questions =
        Questions.on(
            Runs.result(
                LOAD,
                Runs.of(LOAD).predicted(Duration.ofMillis(600), "by hand").iterative(),
                Runs.of(LOAD).predicted(Duration.ofMillis(200), "by hand").eventLoop(),
                process(100),
                Runs.of(LOAD).processes(2, client -> client < 2 ? 0 : 1)));
    assertEquals(
        List.of(
            "6 × 100 ms = 600 ms; measured: 600 ms. A client waits for its own job and those of the"
                + " others: half of the replies took 300 ms or more.",
            "iterative sleeps on the loop: it serves 1 at once, and nobody else is read meanwhile."
                + " event-loop sets a timer and goes on: it served up to 3 at once with the same"
                + " thread. That helps because the job waits; see what happens when it computes.",
            "By arithmetic: iterative takes 1.2 s in place of 600 ms, 2.0 times as long; event-loop"
                + " takes 200 ms, as before.",
            "600 ms of computing are to be done. With 2 processors and 3 clients, at most 2 at once,"
                + " that takes 300 ms at the least, whoever serves: those with several threads or"
                + " processes may come near to it, one event loop alone needs 600 ms.",
            "processes: 2, with an index of 0.92 (1 is the same for all). Client 3 was done first,"
                + " after 200 ms, client 2 last, after 400 ms. Each client kept to its worker; they"
                + " were dealt unevenly: A had 2 clients, done after 400 ms, B had 1 client, done"
                + " after 200 ms.",
            "With 3 processes at once it took 350 MiB, event-loop 50 MiB for up to 3 requests at"
                + " once. (350 - 50) ÷ 3 = 100 MiB for each; times 10,000 that is 1,000,000 MiB."),
        questions.stream().map(Question::answer).toList());
  }

  /** Each child takes so much more memory than the event loop alone. */
  private static ModelRun process(int mebibytes) {
    ModelRun run = Runs.of(LOAD).processes(3, client -> client);
    return new ModelRun(
        "process-per-connection",
        "3 processes",
        null,
        null,
        run.wall(),
        run.requests(),
        0,
        run.cpu(),
        run.resident() + 3L * mebibytes * 1024 * 1024,
        null);
  }

  @Test
  void commandsRepeatTheSession() {
    Load udp = new Load(Protocol.UDP, 3, 2, LOAD.job(), 7);
    assertEquals(
        List.of(
            "upper lab --models iterative --protocol udp --clients 3 --requests 2 --job sleep:100ms",
            "upper lab --protocol udp --clients 6 --requests 2 --job sleep:100ms",
            "upper lab --protocol udp --clients 3 --requests 2 --job spin:100ms"),
        Questions.on(
                Runs.result(
                    udp, Runs.of(udp).predicted(Duration.ofMillis(600), "by hand").iterative()))
            .stream()
            .map(Question::command)
            .toList());
  }

  @Test
  void thereIsNoQuestionOnWhatFailed() {
    assertEquals(List.of(), Questions.on(Runs.result(LOAD, Runs.failed("iterative", "no port"))));
  }

  @Test
  void processorsEndWhatComputes() {
    Question question =
        Questions.on(
                new LabResult(
                    Runs.PROVENANCE,
                    Runs.STARTED,
                    Runs.load(16, 4, 20),
                    List.of(),
                    List.of(
                        new ScalingCurve(
                            "iterative",
                            new Job(Job.Kind.SPIN, 20),
                            List.of(point(1, 50), point(8, 95)),
                            List.of()))))
            .get(0);
    assertEquals(
        "1.9 times as many; ideal are 2.0 times. The job computes, so it ends at the 2 processors"
            + " that there are.",
        question.answer());
    assertEquals(
        "upper lab scaling --instances 1,8 --model iterative --clients 16 --requests 4 --job"
            + " spin:20ms",
        question.command());
  }

  private static Point point(int instances, int answered) {
    return new Point(instances, answered, Duration.ofSeconds(1), Duration.ofSeconds(1));
  }
}
