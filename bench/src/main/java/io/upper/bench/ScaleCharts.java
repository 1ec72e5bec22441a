package io.upper.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.report.Axis;
import io.upper.report.Page;
import io.upper.report.Plot;
import io.upper.report.Plot.Point;
import io.upper.report.Scale;
import io.upper.report.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * Draws the figures of {@code bench/scale}. Its file has a line for each point: {@code active upper
 * 64 7.91} are the chart, the series, x and y.
 */
public final class ScaleCharts {
  private static final int WORDS = 4;

  private ScaleCharts() {}

  /** Draws {@code FILE} to SVG files in {@code DIRECTORY}. */
  public static void main(String[] args) throws IOException {
    Map<String, Map<String, List<Point>>> charts = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of(args[0]), UTF_8)) {
      String[] words = line.split(" ");
      if (words.length == WORDS && !line.startsWith("#")) {
        charts
            .computeIfAbsent(words[0], c -> new LinkedHashMap<>())
            .computeIfAbsent(words[1], s -> new ArrayList<>())
            .add(new Point(Double.parseDouble(words[2]), Double.parseDouble(words[3])));
      }
    }
    // That of the reports, whose classes the charts use.
    String style;
    try (InputStream css = Page.class.getResourceAsStream("page.css")) {
      style =
          new String(css.readAllBytes(), UTF_8)
              + "svg { background: var(--paper); font: 13px sans-serif; }";
    }
    for (var chart : charts.entrySet()) {
      Plot plot = plot(chart.getKey(), most(chart.getValue()));
      chart.getValue().forEach(plot::line);
      Path file = Path.of(args[1], "scale-" + chart.getKey() + ".svg");
      Files.writeString(
          file,
          plot.svg().replaceFirst(">", Matcher.quoteReplacement("><style>" + style + "</style>")),
          UTF_8);
      System.out.println(file);
    }
  }

  private static double most(Map<String, List<Point>> series) {
    return series.values().stream().flatMap(List::stream).mapToDouble(Point::y).max().orElse(1);
  }

  private static Plot plot(String chart, double most) {
    return switch (chart) {
      case "active" ->
          new Plot(
              "Cost of a message over active connections",
              "Processor time of the server for each message of 64 bytes.",
              new Axis("active connections", Scale.logarithmic(1, 10_000), ScaleCharts::count),
              new Axis("µs per message", Scale.linear(0, most), ScaleCharts::count));
      case "idle" ->
          new Plot(
              "Memory over idle connections",
              "Resident memory of all server processes.",
              new Axis("idle connections", Scale.linear(0, 100_000), ScaleCharts::count),
              new Axis("MiB", Scale.linear(0, most), ScaleCharts::count));
      default ->
          new Plot(
              "Requests per second over instances or processes",
              "Messages of 64 bytes over 64 connections.",
              new Axis("instances, or processes", Scale.counts(4), ScaleCharts::count),
              new Axis("requests/s", Scale.counts(most), ScaleCharts::count));
    };
  }

  private static String count(double tick) {
    return Units.count(Math.round(tick));
  }
}
