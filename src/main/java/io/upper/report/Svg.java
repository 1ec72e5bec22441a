package io.upper.report;

import static io.upper.report.Markup.escape;

import java.util.Locale;

/**
 * An SVG element while it is drawn: what all charts have in common. It is 440 units wide, so that
 * its letters stay readable when it is shown at the width of a telephone, and grows with the page.
 */
final class Svg {
  static final double WIDTH = 440;
  static final double FONT = 13;

  /** What an axis of x takes below its line. */
  static final double X_AXIS = 44;

  // How wide a letter is on average, at most, in the fonts of the page.
  private static final double LETTER = 0.58 * FONT;

  private final StringBuilder content = new StringBuilder(4096);

  /** How wide a text is, or a little less. */
  static double width(String text) {
    return text.codePointCount(0, text.length()) * LETTER;
  }

  /** Adds markup; numbers are written as SVG reads them, texts must have been escaped. */
  Svg add(String format, Object... values) {
    content.append(String.format(Locale.ROOT, format, values));
    return this;
  }

  /**
   * Adds a text.
   *
   * @param style its classes, or none
   * @param y of its base line
   * @param anchor what of it is at x: {@code start}, {@code middle}, {@code end}
   */
  Svg text(String style, double x, double y, String anchor, String text) {
    return add(
        "<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        style.isEmpty() ? "" : " class=\"" + style + "\"", x, y, anchor, escape(text));
  }

  /** Adds the axis of x along the lower side of a chart; labels that would overlap are left out. */
  Svg xAxis(Axis axis, double left, double right, double bottom) {
    add("<path class=\"axis\" d=\"M%.1f %.1fh%.1f\"/>%n", left, bottom, right - left);
    double free = Double.NEGATIVE_INFINITY;
    for (double tick : axis.scale().ticks()) {
      double at = left + axis.scale().at(tick) * (right - left);
      add("<path class=\"axis\" d=\"M%.1f %.1fv5\"/>%n", at, bottom);
      String label = axis.text().apply(tick);
      double half = width(label) / 2;
      // Within the drawing, and not over the label before.
      double middle = Math.min(Math.max(at, half), WIDTH - half);
      if (middle - half > free) {
        text("", middle, bottom + 8 + FONT, "middle", label);
        free = middle + half + LETTER;
      }
    }
    return text("label", (left + right) / 2, bottom + X_AXIS - 6, "middle", axis.label());
  }

  /** The whole element, with what it is and tells for those who cannot see it. */
  String element(String title, String description, double height) {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">%n",
            WIDTH,
            Math.ceil(height))
        + "<title>"
        + escape(title)
        + "</title>\n<desc>"
        + escape(description)
        + "</desc>\n"
        + content
        + "</svg>\n";
  }
}
