package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabModel;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Prediction;
import io.upper.report.Page.Question;
import io.upper.report.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a student predicts, runs and explains: questions on this session, whose answers are computed
 * from it. Those on models that were not run, or failed, are left out.
 */
final class Questions {
  // Below, clients were served noticeably unlike.
  private static final double FAIR = 0.95;
  // Of the shorter of two runs: what takes no more is as long.
  private static final double ALIKE = 1.25;
  private static final int MANY_CLIENTS = 10_000;

  private final LabResult result;
  private final Load load;
  private final List<ModelRun> runs;
  private final int processors;

  private Questions(LabResult result) {
    this.result = result;
    this.load = result.load();
    this.runs = result.runs().stream().filter(run -> !run.requests().isEmpty()).toList();
    this.processors = result.provenance().processors();
  }

  static List<Question> on(LabResult result) {
    Questions on = new Questions(result);
    List<Question> questions = new ArrayList<>();
    if (on.load.job().kind() == Job.Kind.SLEEP && !on.runs.isEmpty()) {
      on.iterative().ifPresent(questions::add);
      on.oneLoop().ifPresent(questions::add);
      on.moreClients().ifPresent(questions::add);
      questions.add(on.computing());
    }
    on.unfair().ifPresent(questions::add);
    on.cost().ifPresent(questions::add);
    result.curves().forEach(curve -> ScalingText.question(curve, result).ifPresent(questions::add));
    return questions;
  }

  private Optional<Question> iterative() {
    return run("iterative")
        .map(
            run ->
                new Question(
                    "One event loop is blocked by each job. How long do "
                        + plural(total(), "request")
                        + " of "
                        + job()
                        + " take, and how long does a client wait for a reply when all ask at"
                        + " once?",
                    command(load.clients(), option(load.job()), "iterative"),
                    String.format(
                        Locale.ROOT,
                        "%s × %s = %s; measured: %s. A client waits for its own job and those"
                            + " of the others: half of the replies took %s or more.",
                        Units.count(total()),
                        job(),
                        Units.exact(Duration.ofMillis(total() * load.job().millis())),
                        time(run.wall()),
                        time(run.percentile(50)))));
  }

  private Optional<Question> oneLoop() {
    Optional<ModelRun> blocked = run("iterative");
    Optional<ModelRun> free = run("event-loop");
    if (blocked.isEmpty()
        || free.isEmpty()
        || blocked.get().wall().toNanos() <= ALIKE * free.get().wall().toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        new Question(
            "Both iterative and event-loop have one event loop only. Why does the one take "
                + time(blocked.get().wall())
                + " and the other "
                + time(free.get().wall())
                + "?",
            "upper show event-loop",
            String.format(
                Locale.ROOT,
                "iterative sleeps on the loop: it serves %d at once, and nobody else is read"
                    + " meanwhile. event-loop sets a timer and goes on: it served up to %d at once"
                    + " with the same thread. That helps because the job waits; see what happens"
                    + " when it computes.",
                Activity.peak(blocked.get().requests()),
                Activity.peak(free.get().requests()))));
  }

  /** By the same arithmetic as the predictions. */
  private Optional<Question> moreClients() {
    List<String> answers = new ArrayList<>();
    for (ModelRun run : runs) {
      twice(run)
          .ifPresent(
              twice -> {
                double times = (double) twice.toNanos() / run.predicted().toNanos();
                answers.add(
                    String.format(
                        Locale.ROOT,
                        times == 1
                            ? "%s takes %s, as before"
                            : "%s takes %s in place of %s, %s times as long",
                        run.name(),
                        Units.exact(twice),
                        Units.exact(run.predicted()),
                        LabTable.factor(times)));
              });
    }
    boolean starts =
        runs.stream().flatMap(run -> run.requests().stream()).anyMatch(r -> r.starting() > 0);
    return answers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Question(
                "Twice as many clients, "
                    + Units.count(2L * load.clients())
                    + ": which models take twice the time, which the same?",
                command(2 * load.clients(), option(load.job()), null),
                "By arithmetic: "
                    + String.join("; ", answers)
                    + "."
                    + (starts ? " The start of twice as many processes comes on top." : "")));
  }

  /** What a model's load takes with twice the clients; empty where that cannot be known. */
  private Optional<Duration> twice(ModelRun run) {
    Load doubled =
        new Load(load.protocol(), 2 * load.clients(), load.requests(), load.job(), load.seed());
    try {
      LabModel model = LabModel.of(run.name());
      return run.predicted() == null || model.servers() > 1
          ? Optional.empty()
          : Optional.ofNullable(Prediction.of(model, doubled, List.of()).wall());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Of a saved session: a model that is not here.
    }
  }

  private Question computing() {
    Duration work = Duration.ofMillis(total() * load.job().millis());
    int atOnce = Math.min(processors, load.clients());
    return new Question(
        "The job computes in place of waiting. Which models still take less time than iterative?",
        command(load.clients(), "spin:" + load.job().millis() + "ms", null),
        String.format(
            Locale.ROOT,
            "%s of computing are to be done. With %s and %s, at most %d at once, that takes %s at"
                + " the least, whoever serves: those with several threads or processes may come"
                + " near to it, one event loop alone needs %s.",
            Units.exact(work),
            plural(processors, "processor"),
            plural(load.clients(), "client"),
            atOnce,
            time((double) work.toNanos() / atOnce),
            Units.exact(work)));
  }

  private Optional<Question> unfair() {
    int clients = load.clients();
    return runs.stream()
        .min(Comparator.comparingDouble(run -> run.fairness(clients)))
        .filter(run -> run.fairness(clients) < FAIR)
        .map(
            run -> {
              Shares shares = new Shares(run, new Workers(run.requests()));
              String order = shares.order();
              String spread = shares.sentence();
              return new Question(
                  "Which model was the least fair to its clients, and who paid for it?",
                  command(clients, option(load.job()), null),
                  String.format(
                      Locale.ROOT,
                      "%s, with an index of %s (1 is the same for all). %s",
                      run.name(),
                      LabTable.fairness(run.fairness(clients)),
                      order + (spread.equals(order) ? "" : " " + spread)));
            });
  }

  private Optional<Question> cost() {
    Optional<ModelRun> processes = run("process-per-connection");
    Optional<ModelRun> loop = run("event-loop");
    if (processes.isEmpty() || loop.isEmpty() || loop.get().resident() == 0) {
      return Optional.empty();
    }
    int children = Workers.mostAlive(processes.get().requests());
    long all = mebibytes(processes.get());
    long one = mebibytes(loop.get());
    long each = Math.round((double) (all - one) / children);
    return each <= 0
        ? Optional.empty()
        : Optional.of(
            new Question(
                "What does a process for each client cost? Would you choose that for 10,000"
                    + " clients?",
                "upper show process-per-connection",
                String.format(
                    Locale.ROOT,
                    "With %s at once it took %s MiB, event-loop %s MiB for up to %s at once."
                        + " (%s - %s) ÷ %s = %s MiB for each; times 10,000 that is %s MiB.",
                    children == 1 ? "1 process" : Units.count(children) + " processes",
                    Units.count(all),
                    Units.count(one),
                    plural(Activity.peak(loop.get().requests()), "request"),
                    Units.count(all),
                    Units.count(one),
                    Units.count(children),
                    Units.count(each),
                    Units.count(MANY_CLIENTS * each))));
  }

  private static long mebibytes(ModelRun run) {
    return LabTable.mebibytes(run.resident());
  }

  private Optional<ModelRun> run(String name) {
    return runs.stream().filter(run -> run.name().equals(name)).findFirst();
  }

  private long total() {
    return (long) load.clients() * load.requests();
  }

  private String job() {
    return load.job().millis() + " ms";
  }

  /** The command that repeats this session, changed in one place. */
  private String command(int clients, String job, String model) {
    return "upper lab"
        + (model == null ? "" : " --models " + model)
        + options(load.protocol(), clients, load.requests())
        + " --job "
        + job;
  }

  static String options(Protocol protocol, int clients, int requests) {
    return (protocol == Protocol.TCP ? "" : " --protocol " + protocol.word())
        + " --clients "
        + clients
        + " --requests "
        + requests;
  }

  static String option(Job job) {
    return job.kind() == Job.Kind.NONE ? "none" : job.kind().word() + ":" + job.millis() + "ms";
  }
}
