package io.upper.cli;

import io.upper.client.Excerpt;
import io.upper.client.TrafficListener;
import io.vertx.core.buffer.Buffer;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * {@code upper client -v}: prints each write and read in full, which shows how a stream is split.
 *
 * <pre>
 *   12:03:04.123456 received 3 bytes: "st\xc3"
 *     73 74 c3
 * </pre>
 */
final class TrafficTrace implements TrafficListener {
  private static final int BYTES_PER_LINE = 32;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

  private final PrintStream out;

  TrafficTrace(PrintStream out) {
    this.out = out;
  }

  @Override
  public void onTraffic(String what, Buffer bytes) {
    StringBuilder text = new StringBuilder(TIME.format(LocalTime.now()));
    text.append(' ').append(what).append(' ').append(Excerpt.size(bytes));
    text.append(": \"").append(Excerpt.text(bytes)).append('"');
    byte[] all = bytes.getBytes();
    for (int from = 0; from < all.length; from += BYTES_PER_LINE) {
      int to = Math.min(from + BYTES_PER_LINE, all.length);
      text.append("\n  ").append(HEX.formatHex(all, from, to));
    }
    out.println(text);
  }
}
