package io.upper.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The last lines of an output, however long it is. Thread-safe. */
final class LastLines {
  private static final int MAX_LINES = 20;
  private static final int MAX_BYTES = 200;

  // They would be commands to a terminal.
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Deque<String> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();

  /** Adds output: UTF-8; of a long line the beginning is kept. */
  synchronized void add(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        endLine();
      } else if (open.size() < MAX_BYTES) {
        open.write(bytes[i]);
      }
    }
  }

  private void endLine() {
    String line = text();
    open.reset();
    if (line.isBlank()) {
      return;
    }
    lines.add(line);
    if (lines.size() > MAX_LINES) {
      lines.remove();
    }
  }

  private String text() {
    String line = open.toString(StandardCharsets.UTF_8).replace('\t', ' ');
    return CONTROL.matcher(line).replaceAll("?");
  }

  /** The oldest first, also one that has not ended yet; none is blank. */
  synchronized List<String> get() {
    List<String> all = new ArrayList<>(lines);
    if (!text().isBlank()) {
      all.add(text());
    }
    return all;
  }
}
