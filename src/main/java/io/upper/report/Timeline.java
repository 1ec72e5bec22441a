package io.upper.report;

import static io.upper.report.Markup.escape;
import static io.upper.report.Svg.FONT;
import static io.upper.report.Svg.WIDTH;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * When each client was served and by whom: one row per client, time to the right. A request looks
 * like this:
 *
 * <pre>
 *   sent    assigned    started         ended     answered
 *    ┌────────┬┄┄┄┄┄┄┄┄┄┄┄┬─────────────────┐
 *    │ waits  ┊ A starts  │ A: is served    ├───────────┤   its reply is on the way
 *    └────────┴┄┄┄┄┄┄┄┄┄┄┄┴─────────────────┘
 * </pre>
 *
 * A waiting request is a hollow bar; a served one is filled, in the colour and with the label of
 * its server. If some bars are too short for labels, the labels are at the end of each row instead.
 * The start of a server is a pale, dashed bar in its colour. A request that is pointed at or has
 * the focus shows what happened to it below the chart, without script. An instance draws one chart
 * and is used by one thread.
 */
public final class Timeline implements Drawing {
  private static final int COLOURS = 8;
  private static final double ROW = 18;
  private static final double SERVED = 14;
  private static final double STARTING = 11;
  private static final double WAITING = 8;
  private static final double LEGEND = 24;
  private static final double RIGHT = 6;
  // Labels in bars are bold capitals, which are wider than the average letter.
  private static final double CAPITAL = 9;
  // Minimum lengths: shorter bars are lengthened or omitted.
  private static final double MIN_SERVED = 1;
  private static final double MIN_LENGTH = 0.7;
  // Separates adjacent bars.
  private static final double GAP = 0.7;
  private static final int MAX_SERVERS_NAMED = 3;
  private static final List<String> HINT =
      Svg.wrap("Point at a bar, or press Tab, to read what happened.");

  private final String title;
  private final String description;
  private final String rowLabel;
  private final Axis time;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String name, List<Request> requests) {}

  /**
   * A request, with its times on the axis.
   *
   * @param assigned when it was assigned a server, which may then have to start
   * @param server index of its server, from 0
   * @param label the server's label, one or two letters
   * @param told what happened to it, in a sentence
   */
  public record Request(
      double sent,
      double assigned,
      double started,
      double ended,
      double answered,
      int server,
      String label,
      String told) {}

  /**
   * An empty chart.
   *
   * @param description a text alternative, for screen readers
   * @param rowLabel heading of the row names
   * @param time linear, and covers all requests
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

  /** The CSS class of a server's colour, in the chart and elsewhere on the page. */
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
    // Screen readers read the requests, not the frame.
    Svg svg = new Svg().add("<g aria-hidden=\"true\">%n");
    legend(svg, left);
    svg.text("label", left - 8, LEGEND + FONT, "end", rowLabel);
    grid(svg, left, right, bottom);
    if (!inBars) {
      svg.text("label", WIDTH, LEGEND + FONT, "end", "by");
    }
    for (int i = 0; i < rows.size(); i++) {
      svg.text("", left - 8, middle(i) + FONT / 3, "end", rows.get(i).name());
      if (!inBars) {
        svg.text("", WIDTH, middle(i) + FONT / 3, "end", servers(rows.get(i)));
      }
    }
    svg.xAxis(time, left, right, bottom);
    double told = bottom + Svg.X_AXIS + FONT;
    svg.lines("hint", told, HINT).add("</g>%n");
    int lines = HINT.size();
    for (int i = 0; i < rows.size(); i++) {
      for (Request request : rows.get(i).requests()) {
        List<String> text = Svg.wrap(request.told());
        lines = Math.max(lines, text.size());
        svg.add("<g class=\"request\" tabindex=\"0\" role=\"img\">");
        svg.add("<title>%s</title>", escape(request.told()));
        draw(svg, request, left, right - left, middle(i));
        svg.lines("told", told, text).add("</g>%n");
      }
    }
    return svg.element("group", title, description, bottom + Svg.X_AXIS + lines * Svg.LINE);
  }

  /** The middle of a row. */
  private static double middle(int row) {
    return LEGEND + FONT + 6 + (row + 0.5) * ROW;
  }

  @Override
  public int stops() {
    return rows.stream().mapToInt(row -> row.requests().size()).sum();
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

  /** Draws the name of a legend entry; returns the position of the next one. */
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
    if (assigned - sent >= MIN_LENGTH) {
      box(svg, "waits", sent, middle, assigned - sent, WAITING);
    }
    String colour = colour(request.server());
    if (started - assigned >= MIN_LENGTH) {
      box(svg, "starts " + colour, assigned, middle, started - assigned, STARTING);
    }
    double served = Math.max(MIN_SERVED, ended - started - GAP);
    box(svg, "bar " + colour, started, middle, served, SERVED);
    if (answered - ended >= MIN_LENGTH) {
      svg.add("<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>", ended, middle, answered);
    }
    if (fits(request, width)) {
      svg.text("on", (started + ended) / 2, middle + FONT / 3, "middle", request.label());
    }
  }

  /** The width of the labels at the ends of the rows. */
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

  /** The labels of the servers of a row, in order. */
  private static String servers(Row row) {
    List<String> labels = row.requests().stream().map(Request::label).distinct().toList();
    return labels.size() <= MAX_SERVERS_NAMED
        ? String.join(" ", labels)
        : labels.stream().limit(MAX_SERVERS_NAMED - 1).collect(Collectors.joining(" "))
            + " +"
            + (labels.size() - MAX_SERVERS_NAMED + 1);
  }
}
