package io.upper.check.report;

import io.upper.check.Observation;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Expected and received bytes around the first difference, in hex and as text, with a caret if
 * there are bytes in both.
 */
final class HexWindow {
  private static final int BEFORE = 6;
  private static final int SHOWN = 14;
  private static final int QUOTED = 24;
  private static final int LABEL = 11;

  private HexWindow() {}

  static List<String> lines(Observation seen, String indent) {
    int at = seen.difference() - seen.windowStart();
    int from = Math.max(0, at - BEFORE);
    List<String> lines = new ArrayList<>();
    lines.add(row(indent, "expected", seen.expected(), from, seen.expectedCount()));
    lines.add(row(indent, "got", seen.received(), from, seen.receivedCount()));
    String counts =
        Units.plural(seen.expectedCount(), "byte")
            + " expected, "
            + Units.count(seen.receivedCount())
            + " received)";
    String under =
        seen.expectedCount() > 0 && seen.receivedCount() > 0
            ? " ".repeat(3 * (at - from)) + "^ byte " + Units.count(seen.difference() + 1) + " ("
            : "(";
    lines.add(indent + " ".repeat(LABEL) + under + counts);
    return lines;
  }

  private static String row(String indent, String label, byte[] bytes, int from, int all) {
    StringBuilder hex = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = from; i < Math.min(bytes.length, from + SHOWN); i++) {
      hex.append(String.format(Locale.ROOT, "%02x ", bytes[i] & 0xff));
      text.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
    }
    String shown = all == 0 ? "(nothing)" : hex.toString();
    return String.format(Locale.ROOT, "%s%-10s %-" + 3 * SHOWN + "s %s", indent, label, shown, text)
        .stripTrailing();
  }

  /** A text with escapes, between quotation marks; of a long one the beginning. */
  static String quoted(byte[] bytes, long all) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < Math.min(bytes.length, QUOTED); i++) {
      byte each = bytes[i];
      switch (each) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '"', '\\' -> text.append('\\').append((char) each);
        default -> {
          if (each >= ' ' && each <= '~') {
            text.append((char) each);
          } else {
            text.append(String.format(Locale.ROOT, "\\x%02x", each & 0xff));
          }
        }
      }
    }
    return text.append(all > QUOTED ? "\"…" : "\"").toString();
  }
}
