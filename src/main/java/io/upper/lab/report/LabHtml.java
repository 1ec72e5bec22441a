package io.upper.lab.report;

import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.upper.report.Axis;
import io.upper.report.Bars;
import io.upper.report.Page;
import io.upper.report.Page.Item;
import io.upper.report.Page.Key;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Scale;
import io.upper.report.Timeline;
import io.upper.report.Units;
import io.vertx.core.json.JsonObject;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The report to look at: one file that needs no network. It is drawn from the JSON alone, so
 * whoever has that can draw the same, or something else.
 */
public final class LabHtml {
  // A picture that would be narrower than one so much of the longest gets a scale of its own. On
  // one scale, a short picture is a fast model; ten clients make a ratio of ten.
  private static final int NARROWEST = 16;
  private static final int MOST_KEYS = 10;
  private static final int INTERVALS = 100;

  private final LabResult result;
  private final Load load;
  private final Excerpt excerpt;
  private final List<ModelRun> runs;

  private LabHtml(LabResult result) {
    this.result = result;
    this.load = result.load();
    this.excerpt = Excerpt.of(load);
    this.runs = result.runs().stream().filter(run -> !run.requests().isEmpty()).toList();
  }

  /**
   * The whole file, in UTF-8.
   *
   * @param session as {@link LabJson} writes it
   */
  public static String of(JsonObject session) {
    return new LabHtml(LabJson.read(session)).html();
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
        + ", "
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
      page.figure(throughput(), LabTable.models(result));
      page.figure(latency(), LabTable.models(result));
      page.closeFigures();
    }
    page.heading("Who was served when");
    page.paragraph(reading());
    page.openFigures();
    long longest = runs.stream().mapToLong(run -> end(shown(run))).max().orElse(1);
    for (ModelRun run : result.runs()) {
      page.openPart().subheading(run.name());
      if (run.failure() != null) {
        page.paragraph("Failed: " + run.failure());
      } else {
        model(page, run, longest);
      }
      page.closePart();
    }
    page.closeFigures();
  }

  private String reading() {
    String clients =
        excerpt.clients() == load.clients()
            ? "each client"
            : "the first " + excerpt.clients() + " of " + Units.count(load.clients()) + " clients";
    String cut =
        excerpt.whole()
            ? ""
            : String.format(
                Locale.ROOT,
                " Drawn are the first %s of %s; the curves below count all.",
                Units.plural(excerpt.requests(), "request"),
                clients);
    return "A row for each client, time to the right, from the first request sent. All pictures"
        + " have the same scale, so a short one is a fast model, unless the picture says"
        + " otherwise. Point at a bar to read its times, or unfold the figures."
        + cut;
  }

  private void model(Page page, ModelRun run, long longest) {
    String predicted = run.predicted() == null ? "" : "; predicted: " + Units.time(run.predicted());
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
    if (!shown(run).isEmpty()) {
      page.figure(timeline(run, longest, String.join(" ", sentences)), key(run), requestRows(run));
    }
    page.list(sentences);
    if (!excerpt.whole() && !run.requests().isEmpty()) {
      page.figure(atOnce(run), atOnceRows(run));
    }
  }

  private Timeline timeline(ModelRun run, long longest, String description) {
    long end = end(shown(run));
    boolean ownScale = end * NARROWEST < longest;
    Workers workers = new Workers(run.requests());
    Timeline timeline =
        new Timeline(
            run.name()
                + ": who was served when"
                + (ownScale ? " (enlarged " + Units.count(longest / end) + " times)" : ""),
            description,
            "client",
            new Axis(
                ownScale ? "time, on its own scale" : "time",
                Scale.linear(0, ownScale ? end : longest),
                Units::tick));
    for (int client = 0; client < excerpt.clients(); client++) {
      int row = client;
      timeline.row(
          Integer.toString(client + 1),
          shown(run).stream()
              .filter(request -> request.client() == row)
              .map(request -> bar(request, workers))
              .toList());
    }
    return timeline;
  }

  private static Timeline.Request bar(ServedRequest request, Workers workers) {
    return new Timeline.Request(
        request.sent(),
        request.started(),
        request.ended(),
        request.answered(),
        workers.number(request.worker()),
        workers.label(request.worker()),
        String.format(
            Locale.ROOT,
            "client %d, request %d: waited %s, served by %s for %s",
            request.client() + 1,
            request.number() + 1,
            Units.time(request.started() - request.sent()),
            workers.label(request.worker()),
            Units.time(request.ended() - request.started())));
  }

  private static List<Key> key(ModelRun run) {
    Workers workers = new Workers(run.requests());
    List<Key> keys = new ArrayList<>();
    for (String worker : workers.names()) {
      if (keys.size() == MOST_KEYS) {
        keys.add(
            new Key(0, null, "and " + Units.count(workers.names().size() - MOST_KEYS) + " more"));
        break;
      }
      long served = run.requests().stream().filter(r -> r.worker().equals(worker)).count();
      keys.add(
          new Key(
              workers.number(worker),
              workers.label(worker),
              worker + ", " + Units.plural(served, "request")));
    }
    return keys;
  }

  private List<List<String>> requestRows(ModelRun run) {
    Workers workers = new Workers(run.requests());
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("client", "request", "sent", "waited", "served for", "by", "reply after"));
    for (ServedRequest request : shown(run)) {
      rows.add(
          List.of(
              Integer.toString(request.client() + 1),
              Integer.toString(request.number() + 1),
              Units.time(request.sent()),
              Units.time(request.started() - request.sent()),
              Units.time(request.ended() - request.started()),
              workers.label(request.worker()) + ": " + request.worker(),
              Units.time(request.answered() - request.sent())));
    }
    return rows;
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

  private Plot atOnce(ModelRun run) {
    List<Point> served = atOnce(run, ServedRequest::started, ServedRequest::ended);
    List<Point> waiting = atOnce(run, ServedRequest::sent, ServedRequest::started);
    double most =
        Collections.max(
            IntStream.range(0, INTERVALS)
                .mapToObj(i -> Math.max(served.get(i).y(), waiting.get(i).y()))
                .toList());
    return new Plot(
            run.name() + ": requests waiting and being served",
            "All requests: how many wait, and how many are being served, over time.",
            new Axis("time", Scale.linear(0, run.wall().toNanos()), Units::tick),
            new Axis("requests", Scale.counts(most), tick -> Units.count(Math.round(tick))))
        .line("being served", served)
        .line("waiting", waiting);
  }

  /** How many requests were between two of their times: the mean of each interval. */
  private static List<Point> atOnce(
      ModelRun run, Function<ServedRequest, Long> from, Function<ServedRequest, Long> to) {
    double interval = Math.max(1, run.wall().toNanos()) / (double) INTERVALS;
    double[] time = new double[INTERVALS];
    for (ServedRequest request : run.requests()) {
      int first = (int) Math.min(INTERVALS - 1, from.apply(request) / interval);
      for (int i = Math.max(0, first); i < INTERVALS && i * interval < to.apply(request); i++) {
        double start = Math.max(from.apply(request), i * interval);
        time[i] += Math.max(0, Math.min(to.apply(request), (i + 1) * interval) - start);
      }
    }
    return IntStream.range(0, INTERVALS)
        .mapToObj(i -> new Point((i + 0.5) * interval, time[i] / interval))
        .toList();
  }

  private static List<List<String>> atOnceRows(ModelRun run) {
    List<Point> served = atOnce(run, ServedRequest::started, ServedRequest::ended);
    List<Point> waiting = atOnce(run, ServedRequest::sent, ServedRequest::started);
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("time", "being served", "waiting"));
    for (int i = 0; i < INTERVALS; i++) {
      rows.add(
          List.of(
              Units.time(served.get(i).x()),
              Units.rate(served.get(i).y()),
              Units.rate(waiting.get(i).y())));
    }
    return rows;
  }

  private void scaling(Page page, ScalingCurve curve) {
    page.openPart().subheading(curve.model() + ", " + job(curve.job()));
    if (!curve.points().isEmpty()) {
      page.figure(plot(curve), LabTable.scaling(curve, load, processors()));
      ScalingCurve.Point first = curve.points().get(0);
      ScalingCurve.Point last = curve.points().get(curve.points().size() - 1);
      page.paragraph(
          String.format(
              Locale.ROOT,
              "%s answered %s requests per second, %s times as many as %s; ideal are %s times.",
              Units.plural(last.instances(), "instance"),
              Units.rate(last.throughput()),
              LabTable.factor(last.throughput() / first.throughput()),
              Units.plural(first.instances(), "instance"),
              LabTable.factor(curve.ideal(last, load, processors()))));
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
        Math.max(
            measured.stream().mapToDouble(Point::y).max().orElse(1),
            ideal.stream().mapToDouble(Point::y).max().orElse(1));
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
    return new Findings(run, load, result.provenance().processors());
  }

  private List<ServedRequest> shown(ModelRun run) {
    return excerpt.of(run.requests());
  }

  /** When the last of them was answered; at least 1, as a scale needs a length. */
  private static long end(List<ServedRequest> requests) {
    return requests.stream().mapToLong(ServedRequest::answered).max().orElse(1);
  }
}
