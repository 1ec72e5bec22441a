package io.upper.report;

import static io.upper.report.Svg.FONT;
import static io.upper.report.Svg.WIDTH;
import static io.upper.report.Svg.width;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A chart of series over two axes, as an SVG element. Series differ in dash and marker, not in
 * colour only; the colours are those of {@link Page}'s style, for light and dark. An instance draws
 * one chart and is used by one thread.
 */
public final class Plot implements Drawing {
  private static final double HEIGHT = 230;
  private static final double RIGHT = 18;
  private static final double ROW = 20;
  private static final double SAMPLE = 34;
  private static final int MAX_MARKERS = 40;

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
   * An empty chart.
   *
   * @param title its caption, shown by {@link Page#figure}
   * @param description a text alternative, for screen readers
   */
  public Plot(String title, String description, Axis x, Axis y) {
    this.title = title;
    this.description = description;
    this.x = x;
    this.y = y;
  }

  /** Adds a line; up to four are distinguishable. */
  public Plot line(String name, List<Point> points) {
    series.add(new Series(name, false, List.copyOf(points)));
    return this;
  }

  /** Adds vertical bars, each one unit of x wide and centred on its point. */
  public Plot bars(String name, List<Point> points) {
    series.add(new Series(name, true, List.copyOf(points)));
    return this;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String svg() {
    Svg svg = new Svg();
    double left = left();
    double top = FONT + 12 + legend(svg, left) * ROW;
    Area area = new Area(left, top, WIDTH - RIGHT - left, HEIGHT);
    svg.text("label", left, top - 10, "start", y.label());
    yAxis(svg, area);
    svg.xAxis(x, area.left(), area.right(), area.bottom());
    for (int i = 0; i < series.size(); i++) {
      if (series.get(i).bars()) {
        bars(svg, area, i);
      } else {
        line(svg, area, i);
      }
    }
    return svg.element(title, description, area.bottom() + Svg.X_AXIS);
  }

  /** The area of the series, in SVG units. */
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

  /** Draws the legend and returns the number of its rows. */
  private int legend(Svg svg, double left) {
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
      svg.add("<path class=\"line s%d\" d=\"M%.1f %.1fh%.1f\"/>%n", i + 1, at, middle, SAMPLE);
      marker(svg, i, at + SAMPLE / 2, middle);
      svg.text("", at + SAMPLE + 6, middle + FONT / 3, "start", series.get(i).name());
      at += wide + 14;
    }
    return row + 1;
  }

  private void yAxis(Svg svg, Area area) {
    for (double tick : y.scale().ticks()) {
      double at = py(area, tick);
      svg.add("<path class=\"grid\" d=\"M%.1f %.1fh%.1f\"/>%n", area.left(), at, area.width());
      svg.text("", area.left() - 6, at + FONT / 3, "end", y.text().apply(tick));
    }
  }

  private void line(Svg svg, Area area, int number) {
    StringBuilder path = new StringBuilder();
    List<Point> points = series.get(number).points();
    boolean drawing = false;
    for (Point point : points) {
      if (Double.isNaN(point.y())) {
        drawing = false;
        continue;
      }
      // A point between gaps is a line of length 0, whose round ends make it a dot.
      path.append(
          String.format(
              Locale.ROOT,
              drawing ? "L%.1f %.1f" : "M%.1f %.1fh0",
              px(area, point.x()),
              py(area, point.y())));
      drawing = true;
    }
    svg.add("<path class=\"line s%d\" d=\"%s\"/>%n", number + 1, path);
    if (points.size() <= MAX_MARKERS) {
      points.stream()
          .filter(point -> !Double.isNaN(point.y()))
          .forEach(point -> marker(svg, number, px(area, point.x()), py(area, point.y())));
    }
  }

  private void bars(Svg svg, Area area, int number) {
    double wide = Math.max(1, (px(area, 1) - px(area, 0)) * 0.9);
    for (Point point : series.get(number).points()) {
      if (point.y() > 0) {
        double top = Math.min(py(area, point.y()), area.bottom() - 1);
        svg.add(
            "<rect class=\"bar s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
            number + 1, px(area, point.x()) - wide / 2, top, wide, area.bottom() - top);
      }
    }
  }

  /** A circle, a square, a triangle, a diamond. */
  private static void marker(Svg svg, int number, double x, double y) {
    String shape =
        switch (number % 4) {
          case 0 -> "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z";
          case 1 -> "m-3 -3h6v6h-6z";
          case 2 -> "m0 -4l4 7h-8z";
          default -> "m0 -4l4 4l-4 4l-4 -4z";
        };
    svg.add("<path class=\"mark s%d\" d=\"M%.1f %.1f%s\"/>%n", number + 1, x, y, shape);
  }

  private double px(Area area, double value) {
    return area.left() + x.scale().at(value) * area.width();
  }

  private double py(Area area, double value) {
    return area.bottom() - y.scale().at(value) * area.height();
  }
}
