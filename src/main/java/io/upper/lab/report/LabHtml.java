package io.upper.lab.report;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.report.Axis;
import io.upper.report.Bars;
import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Scale;
import io.upper.report.Units;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The report to look at: one file that needs no network. */
public final class LabHtml {
  private final LabResult result;
  private final Load load;
  // Those of which there is something to draw.
  private final List<ModelRun> runs;

  private LabHtml(LabResult result) {
    this.result = result;
    this.load = result.load();
    this.runs = result.runs().stream().filter(run -> !run.requests().isEmpty()).toList();
  }

  /** The whole file, in UTF-8. */
  public static String of(LabResult result) {
    return new LabHtml(result).html();
  }

  private String html() {
    Page page = new Page("upper lab: " + subject());
    page.paragraph(load() + ".");
    page.notes(notes());
    if (!result.runs().isEmpty()) {
      models(page);
    }
    if (!result.curves().isEmpty()) {
      page.heading("More instances");
      page.openFigures();
      result.curves().forEach(curve -> scaling(page, curve));
      page.closeFigures();
    }
    List<Page.Question> questions = Questions.on(result);
    if (!questions.isEmpty()) {
      page.heading("Predict, run, explain");
      page.questions(questions);
    }
    return page.foot(foot()).html();
  }

  private String subject() {
    return result.runs().isEmpty()
        ? "more instances"
        : Units.plural(result.runs().size(), "model")
            + " and "
            + Units.plural(load.clients(), "client");
  }

  private String load() {
    String each = load.requests() == 1 ? " each" : " each, one after the other";
    String job = result.runs().isEmpty() ? "" : ", " + job(load.job());
    return Units.plural(load.clients(), "client")
        + " over "
        + load.protocol().word()
        + (result.isUneven() ? ", up to " : ", ")
        + Units.plural(load.requests(), "request")
        + each
        + job;
  }

  static String job(Job job) {
    return switch (job.kind()) {
      case NONE -> "no job";
      case SLEEP -> "a job that waits " + job.millis() + " ms";
      case SPIN -> "a job that computes for " + job.millis() + " ms";
    };
  }

  /** What the reader should not miss: what failed, and what is not as predicted. */
  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (ModelRun run : result.runs()) {
      if (run.failure() != null) {
        notes.add(run.name() + " failed: " + run.failure());
        continue;
      }
      if (run.unanswered() > 0) {
        notes.add(
            run.name() + ": " + Units.plural(run.unanswered(), "request") + " got no right reply");
      }
      findings(run).deviation().ifPresent(why -> notes.add(run.name() + " " + why));
    }
    for (ScalingCurve curve : result.curves()) {
      curve.failures().forEach(failure -> notes.add(curve.model() + " failed: " + failure));
    }
    return notes;
  }

  private void models(Page page) {
    page.heading("Side by side");
    page.table("The models", LabTable.models(result));
    page.paragraph(
        "p50 and p99 are what half of the requests and 99 of 100 took at most. Fair is Jain's"
            + " index over the clients' replies per second: 1 when all were served alike, 1/n when"
            + " only one of n was. CPU and MiB are the processor time and the memory of the server"
            + " with its child processes.");
    if (!runs.isEmpty()) {
      page.openFigures();
      page.figure(throughput(), LabTable.models(result, "req/s"));
      page.figure(latency(), LabTable.models(result, "p50", "p99"));
      page.closeFigures();
    }
    List<RunPicture> pictures = runs.stream().map(run -> new RunPicture(run, load)).toList();
    SharedScale scale = new SharedScale(pictures.stream().map(RunPicture::end).toList());
    page.heading("Who was served when");
    page.paragraph(reading(pictures, scale));
    page.openFigures();
    for (ModelRun run : result.runs()) {
      page.openPart().subheading(run.name());
      if (run.failure() != null) {
        page.paragraph("Failed: " + run.failure());
      } else {
        model(page, run, scale);
      }
      page.closePart();
    }
    page.closeFigures();
    if (pictures.stream().anyMatch(picture -> !picture.excerpt().whole())) {
      atOnce(page);
    }
  }

  private String reading(List<RunPicture> pictures, SharedScale scale) {
    List<String> enlarged = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      if (scale.isEnlarged(pictures.get(i).end())) {
        enlarged.add(runs.get(i).name());
      }
    }
    return "A row for each client, time to the right, from the first request sent. "
        + (enlarged.isEmpty()
            ? "All pictures have the same scale: a short one is a fast model."
            : "All pictures have the same scale, so that a short one is a fast model, but for "
                + String.join(", ", enlarged)
                + ": too narrow to be read, and enlarged.")
        + " Point at a bar to read what happened, or unfold the figures."
        + cut(pictures);
  }

  private String cut(List<RunPicture> pictures) {
    if (pictures.isEmpty() || pictures.get(0).excerpt().whole()) {
      return "";
    }
    Excerpt excerpt = pictures.get(0).excerpt();
    int others = excerpt.clients().size() - excerpt.first();
    return " Drawn are the first "
        + Units.plural(excerpt.requests(), "request")
        + " of "
        + (others == 0
            ? "each client"
            : "the first "
                + excerpt.first()
                + " of "
                + Units.count(load.clients())
                + " clients, and of the "
                + others
                + " of the others that waited longest")
        + "; the curves below count all.";
  }

  private void model(Page page, ModelRun run, SharedScale scale) {
    String predicted =
        run.predicted() == null ? "" : "; predicted: " + Units.exact(run.predicted());
    String arithmetic = run.arithmetic() == null ? "" : " (" + run.arithmetic() + ")";
    page.paragraph(
        "Served by "
            + run.workers()
            + " in "
            + Units.time(run.wall())
            + predicted
            + arithmetic
            + ".");
    List<String> sentences = findings(run).sentences();
    RunPicture picture = new RunPicture(run, load);
    if (!picture.isEmpty()) {
      page.figure(
          picture.timeline(scale, String.join(" ", sentences)), picture.key(), picture.rows());
    }
    page.list(sentences);
    page.printed(picture.sentences());
  }

  private void atOnce(Page page) {
    page.heading("How many waited and were served");
    page.openFigures();
    List<AtOncePlot> plots = runs.stream().map(AtOncePlot::new).toList();
    double most = plots.stream().mapToDouble(AtOncePlot::most).max().orElse(0);
    SharedScale scale = new SharedScale(runs.stream().map(run -> run.wall().toNanos()).toList());
    plots.forEach(plot -> page.figure(plot.plot(scale, most), plot.rows()));
    page.closeFigures();
  }

  private Bars throughput() {
    Bars bars =
        new Bars("Requests per second", "How many requests each model answered per second.");
    for (ModelRun run : runs) {
      bars.group(run.name(), List.of(new Bars.Bar(run.throughput(), Units.rate(run.throughput()))));
    }
    return bars;
  }

  private Bars latency() {
    Bars bars =
        new Bars(
            "Latency: p50 and p99",
            "How long half of the requests took at most (p50), and 99 of 100 (p99).");
    for (ModelRun run : runs) {
      bars.group(
          run.name(),
          List.of(
              new Bars.Bar(run.percentile(50), "p50 " + Units.time(run.percentile(50))),
              new Bars.Bar(run.percentile(99), "p99 " + Units.time(run.percentile(99)))));
    }
    return bars;
  }

  private void scaling(Page page, ScalingCurve curve) {
    page.openPart().subheading(curve.model() + ", " + job(curve.job()));
    if (!curve.points().isEmpty()) {
      page.figure(plot(curve), LabTable.scaling(curve, load, processors()));
      page.paragraph(ScalingText.sentence(curve, result));
    }
    curve.failures().forEach(failure -> page.paragraph("Failed: " + failure));
    page.closePart();
  }

  private Plot plot(ScalingCurve curve) {
    ScalingCurve.Point first = curve.points().get(0);
    List<Point> measured = new ArrayList<>();
    List<Point> ideal = new ArrayList<>();
    for (ScalingCurve.Point point : curve.points()) {
      measured.add(new Point(point.instances(), point.throughput()));
      ideal.add(
          new Point(
              point.instances(), first.throughput() * curve.ideal(point, load, processors())));
    }
    double most =
        Stream.concat(measured.stream(), ideal.stream()).mapToDouble(Point::y).max().orElse(1);
    int instances = curve.points().get(curve.points().size() - 1).instances();
    return new Plot(
            "Requests per second over instances",
            "What was measured, and what as many jobs at once would serve as there are instances and"
                + " clients for"
                + (curve.job().kind() == Job.Kind.SLEEP ? "." : ", and processors."),
            new Axis("instances", Scale.counts(instances), tick -> Units.count(Math.round(tick))),
            new Axis("requests/s", Scale.counts(most), tick -> Units.count(Math.round(tick))))
        .line("measured", measured)
        .line("ideal", ideal);
  }

  private List<Item> foot() {
    return List.of(
        new Item("command", result.provenance().command()),
        new Item("started", result.started().truncatedTo(ChronoUnit.SECONDS).toString()),
        new Item("seed", Long.toString(load.seed())),
        new Item("machine", result.provenance().machine()),
        new Item("versions", result.provenance().versions()));
  }

  private int processors() {
    return result.provenance().processors();
  }

  private Findings findings(ModelRun run) {
    return new Findings(run, load, processors());
  }
}
