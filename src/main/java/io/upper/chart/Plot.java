package io.upper.chart;

import static io.upper.chart.Markup.escape;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A chart of series over two axes, as an SVG element. Series differ in dash and marker, not in
 * colour only; the colours are those of {@link Page}'s style, for light and dark. An instance draws
 * one chart and belongs to one thread.
 *
 * <p>The drawing is 440 units wide, so that its letters stay readable when it is shown at the width
 * of a telephone, and grows with the page.
 */
public final class Plot {
  private static final double WIDTH = 440;
  private static final double HEIGHT = 230;
  private static final double FONT = 13;
  // How wide a letter is on average, at most, in the fonts of the page.
  private static final double LETTER = 0.58 * FONT;
  private static final double RIGHT = 18;
  private static final double BOTTOM = 44;
  private static final double ROW = 20;
  private static final double SAMPLE = 34;
  private static final int MOST_MARKERS = 40;

  private final String title;
  private final String description;
  private final Axis x;
  private final Axis y;
  private final List<Series> series = new ArrayList<>();

  private record Series(String name, boolean bars, List<Point> points) {}

  /**
   * A point of a series.
   *
   * @param y NaN for a gap in the line
   */
  public record Point(double x, double y) {}

  /**
   * A chart without series yet.
   *
   * @param title what it is; shown above it by {@link Page#figure}
   * @param description what is to be seen, for those who cannot see it
   */
  public Plot(String title, String description, Axis x, Axis y) {
    this.title = title;
    this.description = description;
    this.x = x;
    this.y = y;
  }

  /** Adds a line; at most four differ in their look. */
  public Plot line(String name, List<Point> points) {
    series.add(new Series(name, false, List.copyOf(points)));
    return this;
  }

  /** Adds bars that stand on the x axis, each one unit of x wide and centred on its point. */
  public Plot bars(String name, List<Point> points) {
    series.add(new Series(name, true, List.copyOf(points)));
    return this;
  }

  public String title() {
    return title;
  }

  /** The drawing: an element that can stand in HTML, or alone once it has a namespace. */
  public String svg() {
    double left = left();
    double top = FONT + 12 + legendRows(left) * ROW;
    Area area = new Area(left, top, WIDTH - RIGHT - left, HEIGHT);
    StringBuilder svg = new StringBuilder(4096);
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">%n",
            WIDTH, top + HEIGHT + BOTTOM));
    svg.append("<title>").append(escape(title)).append("</title>\n");
    svg.append("<desc>").append(escape(description)).append("</desc>\n");
    legend(svg, left);
    svg.append(text("label", left, top - 10, "start", y.label()));
    yAxis(svg, area);
    xAxis(svg, area);
    for (int i = 0; i < series.size(); i++) {
      if (series.get(i).bars()) {
        bars(svg, area, i);
      } else {
        line(svg, area, i);
      }
    }
    return svg.append("</svg>\n").toString();
  }

  /** Where the series are drawn, in the units of the drawing. */
  private record Area(double left, double top, double width, double height) {
    double bottom() {
      return top + height;
    }

    double right() {
      return left + width;
    }
  }

  private double left() {
    double widest =
        y.scale().ticks().stream().mapToDouble(t -> width(y.text().apply(t))).max().orElse(0);
    return widest + 12;
  }

  private static double width(String text) {
    return text.codePointCount(0, text.length()) * LETTER;
  }

  // The legend: samples of the lines with their names, in as many rows as they need.

  private int legendRows(double left) {
    return legend(new StringBuilder(), left);
  }

  private int legend(StringBuilder svg, double left) {
    if (series.size() < 2) {
      return 0;
    }
    double at = left;
    int row = 0;
    for (int i = 0; i < series.size(); i++) {
      double wide = SAMPLE + 6 + width(series.get(i).name());
      if (at > left && at + wide > WIDTH) {
        at = left;
        row++;
      }
      double middle = row * ROW + ROW / 2;
      svg.append(
          format("<path class=\"line s%d\" d=\"M%.1f %.1fh%.1f\"/>%n", i + 1, at, middle, SAMPLE));
      svg.append(marker(i, at + SAMPLE / 2, middle));
      svg.append(text("", at + SAMPLE + 6, middle + FONT / 3, "start", series.get(i).name()));
      at += wide + 14;
    }
    return row + 1;
  }

  private void yAxis(StringBuilder svg, Area area) {
    for (double tick : y.scale().ticks()) {
      double at = py(area, tick);
      svg.append(
          format("<path class=\"grid\" d=\"M%.1f %.1fh%.1f\"/>%n", area.left(), at, area.width()));
      svg.append(text("", area.left() - 6, at + FONT / 3, "end", y.text().apply(tick)));
    }
  }

  private void xAxis(StringBuilder svg, Area area) {
    svg.append(
        format(
            "<path class=\"axis\" d=\"M%.1f %.1fh%.1f\"/>%n",
            area.left(), area.bottom(), area.width()));
    double free = Double.NEGATIVE_INFINITY;
    for (double tick : x.scale().ticks()) {
      double at = px(area, tick);
      svg.append(format("<path class=\"axis\" d=\"M%.1f %.1fv5\"/>%n", at, area.bottom()));
      String label = x.text().apply(tick);
      double half = width(label) / 2;
      // Within the drawing, and not over the label before.
      double middle = Math.min(Math.max(at, half), WIDTH - half);
      if (middle - half > free) {
        svg.append(text("", middle, area.bottom() + 8 + FONT, "middle", label));
        free = middle + half + LETTER;
      }
    }
    double centre = (area.left() + area.right()) / 2;
    svg.append(text("label", centre, area.bottom() + BOTTOM - 6, "middle", x.label()));
  }

  private void line(StringBuilder svg, Area area, int number) {
    StringBuilder path = new StringBuilder();
    StringBuilder markers = new StringBuilder();
    List<Point> points = series.get(number).points();
    boolean marked = points.size() <= MOST_MARKERS;
    boolean drawing = false;
    for (Point point : points) {
      if (Double.isNaN(point.y())) {
        drawing = false;
        continue;
      }
      double px = px(area, point.x());
      double py = py(area, point.y());
      // A point between gaps is a line of no length: its round ends make it a dot.
      path.append(format(drawing ? "L%.1f %.1f" : "M%.1f %.1fh0", px, py));
      drawing = true;
      if (marked) {
        markers.append(marker(number, px, py));
      }
    }
    svg.append(format("<path class=\"line s%d\" d=\"%s\"/>%n", number + 1, path)).append(markers);
  }

  private void bars(StringBuilder svg, Area area, int number) {
    double wide = Math.max(1, (px(area, 1) - px(area, 0)) * 0.9);
    for (Point point : series.get(number).points()) {
      if (point.y() > 0) {
        double top = Math.min(py(area, point.y()), area.bottom() - 1);
        svg.append(
            format(
                "<rect class=\"bar s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
                number + 1, px(area, point.x()) - wide / 2, top, wide, area.bottom() - top));
      }
    }
  }

  /** A circle, a square, a triangle, a diamond. */
  private static String marker(int number, double x, double y) {
    String shape =
        switch (number % 4) {
          case 0 -> "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z";
          case 1 -> "m-3 -3h6v6h-6z";
          case 2 -> "m0 -4l4 7h-8z";
          default -> "m0 -4l4 4l-4 4l-4 -4z";
        };
    return format("<path class=\"mark s%d\" d=\"M%.1f %.1f%s\"/>%n", number + 1, x, y, shape);
  }

  private double px(Area area, double value) {
    return area.left() + x.scale().at(value) * area.width();
  }

  private double py(Area area, double value) {
    return area.bottom() - y.scale().at(value) * area.height();
  }

  private static String text(String style, double x, double y, String anchor, String text) {
    return format(
        "<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        style.isEmpty() ? "" : " class=\"" + style + "\"", x, y, anchor, escape(text));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
