package io.upper.lab;

import io.upper.client.ClientSettings;
import io.upper.client.ConnectFailure;
import io.upper.jvm.ProcessTree;
import io.upper.jvm.UsageMeter;
import io.upper.service.ConfiguredService;
import io.upper.stress.Shape;
import io.upper.stress.StressRun;
import io.upper.stress.StressSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The load on one server, warmed up before.
 *
 * @param answers by client and number; at least one
 * @param cpu processor time of the server meanwhile
 * @param resident the most memory it held, in bytes; 0 where that is unknown
 */
record Trial(List<Answer> answers, Duration cpu, long resident) {
  private static final int CONNECT_SECONDS = 10;
  private static final Duration SAMPLE = Duration.ofMillis(100);

  // A reply may take as long as all jobs one after the other, and then some.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Puts the load on a server; blocks.
   *
   * @param target of the server
   * @param warmup clients that make a request each before it counts: classes are loaded then, and
   *     threads started
   * @throws IOException if nothing was answered
   */
  static Trial run(Vertx vertx, Load load, ClientSettings target, int warmup, ProcessTree server)
      throws IOException {
    answers(vertx, settings(new Load(load.protocol(), warmup, 1, load.job(), load.seed()), target));
    try (UsageMeter meter = UsageMeter.start(server, SAMPLE)) {
      List<Answer> answers = answers(vertx, settings(load, target));
      return new Trial(answers, meter.cpu(), meter.mostResident());
    }
  }

  private static List<Answer> answers(Vertx vertx, StressSettings settings) throws IOException {
    Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    StressRun run =
        new StressRun(
            vertx,
            settings,
            (client, local, number, planned, sent, ended) ->
                answers.add(new Answer(client, local.port(), number, sent, ended)));
    run.run().await();
    if (answers.isEmpty()) {
      Throwable cause = run.connectFailure();
      throw new IOException(
          "nothing was answered" + (cause == null ? "" : ": " + ConnectFailure.reason(cause)));
    }
    return answers.stream()
        .sorted(Comparator.comparingInt(Answer::client).thenComparingLong(Answer::number))
        .toList();
  }

  private static StressSettings settings(Load load, ClientSettings target) {
    return new StressSettings(
        target,
        load.clients(),
        load.requests(),
        null,
        StressSettings.WORDS,
        load.seed(),
        false,
        Duration.ZERO,
        0,
        false,
        Duration.ZERO,
        PATIENCE.plusMillis((long) load.clients() * load.requests() * load.job().millis()),
        Shape.NORMAL,
        Math.min(load.clients(), Runtime.getRuntime().availableProcessors()));
  }

  /** Where the clients of a load find the server. */
  static ClientSettings target(Load load, int port, String ca, ConfiguredService service) {
    return new ClientSettings(
        load.protocol(), Workbench.HOST, port, ca, false, service, CONNECT_SECONDS);
  }

  /** When the first request was sent ({@link System#nanoTime}). */
  long started() {
    return answers.stream().mapToLong(Answer::sent).min().orElseThrow();
  }

  /** From then to the last reply. */
  Duration wall() {
    long ended = answers.stream().mapToLong(Answer::answered).max().orElseThrow();
    return Duration.ofNanos(ended - started());
  }
}
