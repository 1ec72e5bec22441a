package io.upper.report;

import static io.upper.report.Markup.escape;
import static io.upper.report.Svg.FONT;
import static io.upper.report.Svg.WIDTH;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who was served when, by whom: a row for each client, time to the right. A request is drawn so:
 *
 * <pre>
 *   sent    assigned    started         ended     answered
 *    ┌────────┬┄┄┄┄┄┄┄┄┄┄┄┬─────────────────┐
 *    │ waits  ┊ A starts  │ A: is served    ├───────────┤   its reply is on the way
 *    └────────┴┄┄┄┄┄┄┄┄┄┄┄┴─────────────────┘
 * </pre>
 *
 * What waits is a hollow bar, what is served a full one, in a colour and with the label of the
 * server: in the bar, and where some bars are too short for that, at the end of each row. The start
 * of a server is a pale, dashed bar in its colour. An instance draws one chart and belongs to one
 * thread.
 */
public final class Timeline implements Drawing {
  private static final int COLOURS = 8;
  private static final double ROW = 18;
  private static final double SERVED = 14;
  private static final double STARTING = 11;
  private static final double WAITING = 8;
  private static final double LEGEND = 24;
  private static final double RIGHT = 6;
  // Labels in bars are bold and alone, so their letters are wider than those of a text.
  private static final double CAPITAL = 9;
  // What is too short to be seen is drawn so long, or not at all.
  private static final double SHORTEST_SERVED = 1;
  private static final double SHORTEST = 0.7;
  // Between two bars, which would look like one.
  private static final double GAP = 0.7;
  private static final int MAX_SERVERS_NAMED = 3;

  private final String title;
  private final String description;
  private final String rowLabel;
  private final Axis time;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String name, List<Request> requests) {}

  /**
   * A request, with its times on the axis.
   *
   * @param assigned when it had a server, which was then started if it was not there already
   * @param server who served it, from 0
   * @param label the server's, a letter or two
   * @param tip what is told about it to a pointing device
   */
  public record Request(
      double sent,
      double assigned,
      double started,
      double ended,
      double answered,
      int server,
      String label,
      String tip) {}

  /**
   * A chart without rows yet.
   *
   * @param description what is to be seen, for those who cannot see it
   * @param rowLabel what the rows are
   * @param time linear; what is drawn must not lie outside
   */
  public Timeline(String title, String description, String rowLabel, Axis time) {
    this.title = title;
    this.description = description;
    this.rowLabel = rowLabel;
    this.time = time;
  }

  /** Adds a row below the others. */
  public Timeline row(String name, List<Request> requests) {
    rows.add(new Row(name, List.copyOf(requests)));
    return this;
  }

  /** The class that gives its colour to a server, in the chart and elsewhere on the page. */
  public static String colour(int server) {
    return "s" + (server % COLOURS + 1);
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String svg() {
    double names = rows.stream().mapToDouble(row -> Svg.width(row.name())).max().orElse(0);
    double left = Math.max(names, Svg.width(rowLabel)) + 8;
    double widest = WIDTH - RIGHT;
    boolean inBars = rows.stream().allMatch(row -> fits(row, widest - left));
    double right = inBars ? widest : widest - servers() - 4;
    double bottom = LEGEND + FONT + 6 + rows.size() * ROW;
    Svg svg = new Svg();
    legend(svg, left);
    svg.text("label", left - 8, LEGEND + FONT, "end", rowLabel);
    grid(svg, left, right, bottom);
    if (!inBars) {
      svg.text("label", WIDTH, LEGEND + FONT, "end", "by");
    }
    for (int i = 0; i < rows.size(); i++) {
      double middle = LEGEND + FONT + 6 + (i + 0.5) * ROW;
      Row row = rows.get(i);
      svg.text("", left - 8, middle + FONT / 3, "end", row.name());
      for (Request request : row.requests()) {
        draw(svg, request, left, right - left, middle);
      }
      if (!inBars) {
        svg.text("", WIDTH, middle + FONT / 3, "end", servers(row));
      }
    }
    svg.xAxis(time, left, right, bottom);
    return svg.element(title, description, bottom + Svg.X_AXIS);
  }

  private void legend(Svg svg, double left) {
    double middle = 9;
    double at = left;
    box(svg, "waits", at, middle, 24, WAITING);
    at = name(svg, at, middle, "waits");
    if (rows.stream().flatMap(row -> row.requests().stream()).anyMatch(Timeline::starts)) {
      box(svg, "starts s1", at, middle, 24, STARTING);
      at = name(svg, at, middle, "A starts");
    }
    box(svg, "bar s1", at, middle, 24, SERVED);
    svg.text("on", at + 12, middle + FONT / 3, "middle", "A");
    at = name(svg, at, middle, "A serves");
    svg.add("<path class=\"axis\" d=\"M%.1f %.1fh24\"/>%n", at, middle);
    name(svg, at, middle, "reply");
  }

  /** The name of a sample; where the next one is. */
  private static double name(Svg svg, double at, double middle, String text) {
    svg.text("", at + 30, middle + FONT / 3, "start", text);
    return at + 30 + Svg.width(text) + 12;
  }

  private static void box(
      Svg svg, String style, double x, double middle, double width, double height) {
    svg.add(
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
        style, x, middle - height / 2, width, height);
  }

  private static boolean starts(Request request) {
    return request.started() > request.assigned();
  }

  private void grid(Svg svg, double left, double right, double bottom) {
    for (double tick : time.scale().ticks()) {
      double x = left + time.scale().at(tick) * (right - left);
      double top = LEGEND + FONT + 6;
      svg.add("<path class=\"grid\" d=\"M%.1f %.1fv%.1f\"/>%n", x, top, bottom - top);
    }
  }

  private void draw(Svg svg, Request request, double left, double width, double middle) {
    double sent = left + time.scale().at(request.sent()) * width;
    double assigned = left + time.scale().at(request.assigned()) * width;
    double started = left + time.scale().at(request.started()) * width;
    double ended = left + time.scale().at(request.ended()) * width;
    double answered = left + time.scale().at(request.answered()) * width;
    svg.add("<g><title>%s</title>", escape(request.tip()));
    if (assigned - sent >= SHORTEST) {
      box(svg, "waits", sent, middle, assigned - sent, WAITING);
    }
    String colour = colour(request.server());
    if (started - assigned >= SHORTEST) {
      box(svg, "starts " + colour, assigned, middle, started - assigned, STARTING);
    }
    double served = Math.max(SHORTEST_SERVED, ended - started - GAP);
    box(svg, "bar " + colour, started, middle, served, SERVED);
    if (answered - ended >= SHORTEST) {
      svg.add("<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>", ended, middle, answered);
    }
    if (fits(request, width)) {
      svg.text("on", (started + ended) / 2, middle + FONT / 3, "middle", request.label());
    }
    svg.add("</g>%n");
  }

  /** How wide the labels at the ends of the rows are. */
  private double servers() {
    double labels = rows.stream().mapToDouble(row -> Svg.width(servers(row))).max().orElse(0);
    return Math.max(labels, Svg.width("by"));
  }

  private boolean fits(Row row, double width) {
    return row.requests().stream().allMatch(request -> fits(request, width));
  }

  private boolean fits(Request request, double width) {
    double length = time.scale().at(request.ended()) - time.scale().at(request.started());
    return length * width >= request.label().length() * CAPITAL;
  }

  /** Those who served a row, in their order. */
  private static String servers(Row row) {
    List<String> labels = row.requests().stream().map(Request::label).distinct().toList();
    return labels.size() <= MAX_SERVERS_NAMED
        ? String.join(" ", labels)
        : labels.stream().limit(MAX_SERVERS_NAMED - 1).collect(Collectors.joining(" "))
            + " +"
            + (labels.size() - MAX_SERVERS_NAMED + 1);
  }
}
