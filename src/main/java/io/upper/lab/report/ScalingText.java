package io.upper.lab.report;

import static io.upper.report.Units.plural;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ScalingCurve.Point;
import io.upper.report.Page.Question;
import io.upper.report.Units;
import java.util.Locale;
import java.util.Optional;

/** What a curve of throughput over instances tells, in words: its last point beside its first. */
final class ScalingText {
  // Of the ideal: what serves less is held up by something else.
  private static final double NEAR = 0.75;

  private final ScalingCurve curve;
  private final Load load;
  private final int processors;
  private final Point first;
  private final Point last;

  /**
   * @param curve with a point at least
   */
  private ScalingText(ScalingCurve curve, LabResult result) {
    this.curve = curve;
    this.load = result.load();
    this.processors = result.provenance().processors();
    this.first = curve.points().get(0);
    this.last = curve.points().get(curve.points().size() - 1);
  }

  /** A sentence on a curve with a point at least. */
  static String sentence(ScalingCurve curve, LabResult result) {
    ScalingText text = new ScalingText(curve, result);
    return String.format(
        Locale.ROOT,
        "%s answered %s requests per second, %s times as many as %s; ideal are %s times.",
        plural(text.last.instances(), "instance"),
        Units.rate(text.last.throughput()),
        LabTable.factor(text.speedUp()),
        plural(text.first.instances(), "instance"),
        LabTable.factor(text.ideal()));
  }

  /** None on a curve with a single point. */
  static Optional<Question> question(ScalingCurve curve, LabResult result) {
    return curve.points().size() < 2
        ? Optional.empty()
        : Optional.of(new ScalingText(curve, result).question());
  }

  private Question question() {
    return new Question(
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
            + Questions.options(load.protocol(), load.clients(), load.requests())
            + " --job "
            + Questions.option(curve.job()),
        String.format(
            Locale.ROOT,
            "%s times as many; ideal are %s times. %s",
            LabTable.factor(speedUp()),
            LabTable.factor(ideal()),
            why()));
  }

  private double speedUp() {
    return last.throughput() / first.throughput();
  }

  private double ideal() {
    return curve.ideal(last, load, processors);
  }

  private String why() {
    double instances = (double) last.instances() / first.instances();
    if (speedUp() < NEAR * ideal()) {
      return "Something else than the loops is the limit, which this run does not tell.";
    }
    if (NEAR * speedUp() > ideal()) {
      return "More than ideal: something else held the first run up, which this run does not tell.";
    }
    return ideal() < instances
        ? limit()
        : "Each instance has an event loop of its own, and the loops do not wait for each other.";
  }

  /** Why more instances cannot serve in proportion, even at best: the tightest of the limits. */
  private String limit() {
    int clients = load.clients();
    boolean waits = curve.job().kind() == Job.Kind.SLEEP;
    if (waits && curve.overlaps()) {
      return "The job waits without blocking its loop, so one instance serves all clients at once.";
    }
    int busiest = (clients + last.instances() - 1) / last.instances();
    if (!waits && processors * busiest < clients) {
      return "The job computes, so it ends at the "
          + plural(processors, "processor")
          + " that there are.";
    }
    return busiest == 1
        ? "There are no more than "
            + plural(clients, "client")
            + ", each with one request at a time."
        : "One of the instances has "
            + plural(busiest, "client")
            + " of the "
            + Units.count(clients)
            + " at the least, and the others wait for it at the end.";
  }
}
