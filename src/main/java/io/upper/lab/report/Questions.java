package io.upper.lab.report;

import static io.upper.report.Units.plural;
import static io.upper.report.Units.time;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ScalingCurve.Point;
import io.upper.report.Page.Question;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a student predicts, runs and explains: questions on this session, whose answers are computed
 * from it. Those on models that were not run, or failed, are left out.
 */
final class Questions {
  // Below, clients were served noticeably unlike.
  private static final double FAIR = 0.95;
  private static final long MILLI = 1_000_000;

  private final LabResult result;
  private final Load load;
  private final List<ModelRun> runs;

  private Questions(LabResult result) {
    this.result = result;
    this.load = result.load();
    this.runs = result.runs().stream().filter(run -> !run.requests().isEmpty()).toList();
  }

  static List<Question> on(LabResult result) {
    Questions on = new Questions(result);
    List<Question> questions = new ArrayList<>();
    on.iterative().ifPresent(questions::add);
    on.oneLoop().ifPresent(questions::add);
    on.moreClients().ifPresent(questions::add);
    on.computing().ifPresent(questions::add);
    on.unfair().ifPresent(questions::add);
    on.cost().ifPresent(questions::add);
    result.curves().forEach(curve -> on.scaling(curve).ifPresent(questions::add));
    return questions;
  }

  private Optional<Question> iterative() {
    return sleeps()
        ? run("iterative")
            .map(
                run ->
                    new Question(
                        "One event loop is blocked by each job. How long do "
                            + requests()
                            + " of "
                            + job()
                            + " take, and how long does a client wait for a reply when all ask at"
                            + " once?",
                        lab(load.clients(), option(load.job()), "iterative"),
                        String.format(
                            Locale.ROOT,
                            "%s × %s = %s; measured: %s. A client waits for its own job and those"
                                + " of the others: half of the replies took %s or more.",
                            Units.count(total()),
                            job(),
                            time((double) total() * load.job().millis() * MILLI),
                            time(run.wall()),
                            time(run.percentile(50)))))
        : Optional.empty();
  }

  private Optional<Question> oneLoop() {
    Optional<ModelRun> blocked = run("iterative");
    Optional<ModelRun> free = run("event-loop");
    if (!sleeps() || blocked.isEmpty() || free.isEmpty()) {
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
                findings(blocked.get()).peak(),
                findings(free.get()).peak())));
  }

  private Optional<Question> moreClients() {
    if (!sleeps() || runs.isEmpty()) {
      return Optional.empty();
    }
    String full = names(runs.stream().filter(run -> findings(run).peak() < load.clients()));
    String room = names(runs.stream().filter(run -> findings(run).peak() >= load.clients()));
    String answer =
        (full.isEmpty()
                ? ""
                : "Twice the time: " + full + ": all places were taken, so the others queue. ")
            + (room.isEmpty()
                ? ""
                : "About the same, as long as there are workers: "
                    + room
                    + ": every client was served at once. What has to start for each client, such as"
                    + " a process, takes twice the time to start.");
    return Optional.of(
        new Question(
            "Twice as many clients, "
                + Units.count(2L * load.clients())
                + ": which models take twice the time, which the same?",
            lab(2 * load.clients(), option(load.job()), null),
            answer.strip()));
  }

  private Optional<Question> computing() {
    if (!sleeps() || runs.isEmpty()) {
      return Optional.empty();
    }
    int processors = result.provenance().processors();
    double work = (double) total() * load.job().millis() * MILLI;
    return Optional.of(
        new Question(
            "The job computes in place of waiting. Which models still take less time than"
                + " iterative?",
            lab(load.clients(), "spin:" + load.job().millis() + "ms", null),
            String.format(
                Locale.ROOT,
                "%s of computing are to be done, and %s can do it in %s at best, whoever serves:"
                    + " those with several threads or processes come near to that, those with one"
                    + " event loop need %s. Only more processors help further.",
                time(work),
                plural(processors, "processor"),
                time(work / processors),
                time(work))));
  }

  private Optional<Question> unfair() {
    int clients = load.clients();
    return runs.stream()
        .min(Comparator.comparingDouble(run -> run.fairness(clients)))
        .filter(run -> run.fairness(clients) < FAIR)
        .map(
            run ->
                new Question(
                    "Which model was the least fair to its clients, and who paid for it?",
                    lab(clients, option(load.job()), null),
                    String.format(
                        Locale.ROOT,
                        "%s, with an index of %s (1 is the same for all). %s",
                        run.name(),
                        LabTable.fairness(run.fairness(clients)),
                        findings(run).spread())));
  }

  private Optional<Question> cost() {
    Optional<ModelRun> processes = run("process-per-connection");
    Optional<ModelRun> loop = run("event-loop");
    if (processes.isEmpty() || loop.isEmpty() || loop.get().resident() == 0) {
      return Optional.empty();
    }
    int children = new Workers(processes.get().requests()).names().size();
    long each = (processes.get().resident() - loop.get().resident()) / children;
    return Optional.of(
        new Question(
            "What does a process for each client cost? Would you choose that for 10,000 clients?",
            "upper show process-per-connection",
            String.format(
                Locale.ROOT,
                "With %s it took %s MiB, event-loop %s MiB: some %s MiB for each, so 10,000 clients"
                    + " at once would take %s MiB. An event loop keeps a few kilobytes of each.",
                children == 1 ? "1 process" : Units.count(children) + " processes",
                LabTable.mebibytes(processes.get().resident()),
                LabTable.mebibytes(loop.get().resident()),
                LabTable.mebibytes(each),
                LabTable.mebibytes(10_000 * each))));
  }

  private Optional<Question> scaling(ScalingCurve curve) {
    if (curve.points().size() < 2) {
      return Optional.empty();
    }
    Point first = curve.points().get(0);
    Point last = curve.points().get(curve.points().size() - 1);
    double speedUp = last.throughput() / first.throughput();
    int processors = result.provenance().processors();
    double ideal = curve.ideal(last, load, processors);
    double instances = (double) last.instances() / first.instances();
    String why =
        speedUp < 0.75 * ideal
            ? "Something else than the loops is the limit, which this run does not tell."
            : ideal < instances
                ? limit(curve, last.instances(), processors)
                : "Each instance has an event loop of its own, and the loops do not wait for each"
                    + " other.";
    return Optional.of(
        new Question(
            String.format(
                Locale.ROOT,
                "%s, %s: how many times the requests of %s do %s serve?",
                curve.model(),
                LabHtml.job(curve.job()),
                plural(first.instances(), "instance"),
                plural(last.instances(), "instance")),
            "upper lab scaling --instances "
                + first.instances()
                + ","
                + last.instances()
                + " --model "
                + curve.model()
                + (load.protocol() == Protocol.TCP ? "" : " --protocol " + load.protocol().word())
                + " --clients "
                + load.clients()
                + " --requests "
                + load.requests()
                + (curve.job().kind() == Job.Kind.NONE ? "" : " --job " + option(curve.job())),
            String.format(
                Locale.ROOT,
                "%s times as many; ideal are %s times. %s",
                LabTable.factor(speedUp),
                LabTable.factor(ideal),
                why)));
  }

  /** Why more instances cannot serve in proportion, even at best. */
  private String limit(ScalingCurve curve, int instances, int processors) {
    if (curve.job().kind() != Job.Kind.SLEEP && processors < Math.min(instances, load.clients())) {
      return "The job computes, so it ends at the "
          + plural(processors, "processor")
          + " that there are.";
    }
    if (curve.overlaps()) {
      return "The job waits without blocking its loop, so one instance serves all clients at once.";
    }
    return "The busiest instance has "
        + plural((load.clients() + instances - 1) / instances, "client")
        + " of the "
        + Units.count(load.clients())
        + ", so the others wait for it at the end.";
  }

  private boolean sleeps() {
    return load.job().kind() == Job.Kind.SLEEP;
  }

  private Optional<ModelRun> run(String name) {
    return runs.stream().filter(run -> run.name().equals(name)).findFirst();
  }

  private Findings findings(ModelRun run) {
    return new Findings(run, load, result.provenance().processors());
  }

  private static String names(Stream<ModelRun> some) {
    return some.map(ModelRun::name).collect(Collectors.joining(", "));
  }

  private long total() {
    return (long) load.clients() * load.requests();
  }

  private String requests() {
    return plural(total(), "request");
  }

  private String job() {
    return load.job().millis() + " ms";
  }

  /** The command that repeats this session, changed in one place. */
  private String lab(int clients, String job, String model) {
    return "upper lab"
        + (model == null ? "" : " --models " + model)
        + (load.protocol() == Protocol.TCP ? "" : " --protocol " + load.protocol().word())
        + " --clients "
        + clients
        + " --requests "
        + load.requests()
        + " --job "
        + job;
  }

  private static String option(Job job) {
    return job.kind() == Job.Kind.NONE ? "none" : job.kind().word() + ":" + job.millis() + "ms";
  }
}
