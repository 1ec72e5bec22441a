package io.upper.report;

import static io.upper.report.Markup.escape;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Builds an SVG element; shared by all charts. It is 440 units wide, so that its text is readable
 * at the width of a phone, and scales with the page.
 */
final class Svg {
  static final double WIDTH = 440;
  static final double FONT = 13;

  /** Height of a line of text. */
  static final double LINE = 17;

  /** Height of the x axis, below its line. */
  static final double X_AXIS = 44;

  // Upper bound of a letter's average width in the fonts of the page.
  private static final double LETTER = 0.58 * FONT;

  private final StringBuilder content = new StringBuilder(4096);

  /** An estimate of a text's width, slightly too large. */
  static double width(String text) {
    return text.codePointCount(0, text.length()) * LETTER;
  }

  /** Adds markup, formatted with the root locale; texts must be escaped. */
  Svg add(String format, Object... values) {
    content.append(String.format(Locale.ROOT, format, values));
    return this;
  }

  /**
   * Adds a text.
   *
   * @param style its classes, or empty
   * @param y its baseline
   * @param anchor the part of the text at x: {@code start}, {@code middle}, {@code end}
   */
  Svg text(String style, double x, double y, String anchor, String text) {
    return add(
        "<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        style.isEmpty() ? "" : " class=\"" + style + "\"", x, y, anchor, escape(text));
  }

  /**
   * Adds lines of text, the first one at a baseline.
   *
   * @param style their classes
   */
  Svg lines(String style, double y, List<String> lines) {
    add("<text class=\"%s\" y=\"%.1f\">", style, y);
    for (int i = 0; i < lines.size(); i++) {
      add(
          "<tspan x=\"0\"%s>%s</tspan>",
          i == 0 ? "" : " dy=\"" + LINE + "\"", escape(lines.get(i)));
    }
    return add("</text>%n");
  }

  /** A text in lines that fit the drawing; a longer word is a line of its own. */
  static List<String> wrap(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && width(line + " " + word) > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Adds the x axis below a chart; labels that would overlap are omitted. */
  Svg xAxis(Axis axis, double left, double right, double bottom) {
    add("<path class=\"axis\" d=\"M%.1f %.1fh%.1f\"/>%n", left, bottom, right - left);
    double free = Double.NEGATIVE_INFINITY;
    for (double tick : axis.scale().ticks()) {
      double at = left + axis.scale().at(tick) * (right - left);
      add("<path class=\"axis\" d=\"M%.1f %.1fv5\"/>%n", at, bottom);
      String label = axis.text().apply(tick);
      double half = width(label) / 2;
      // Inside the drawing and without overlapping the previous label.
      double middle = Math.min(Math.max(at, half), WIDTH - half);
      if (middle - half > free) {
        text("", middle, bottom + 8 + FONT, "middle", label);
        free = middle + half + LETTER;
      }
    }
    return text("label", (left + right) / 2, bottom + X_AXIS - 6, "middle", axis.label());
  }

  /** The whole element as one image, with title and description for screen readers. */
  String element(String title, String description, double height) {
    return element("img", title, description, height);
  }

  /**
   * The whole element.
   *
   * @param role {@code img}, or {@code group} if screen readers are to find parts of it
   */
  String element(String role, String title, String description, double height) {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"%s\">%n",
            WIDTH,
            Math.ceil(height),
            role)
        + "<title>"
        + escape(title)
        + "</title>\n<desc>"
        + escape(description)
        + "</desc>\n"
        + content
        + "</svg>\n";
  }
}
