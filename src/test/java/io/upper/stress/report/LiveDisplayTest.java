package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.report.Terminal;
import io.upper.stress.Fault;
import io.upper.stress.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveDisplayTest {
  private static final Map<String, String> USUAL = Map.of("TERM", "xterm");

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

  private static Progress progress(double share, Map<Fault, Long> faults) {
    return new Progress(
        Duration.ofMillis(4_720), share, false, 900, 850, 1234.4, 50, 1_230_000, 4_560_000, faults);
  }

  private static List<String> panel(Progress progress) {
    return new ProgressText(80, false).panel(progress);
  }

  @Test
  void panelIsRedrawnInPlaceAndWipedAtTheEnd() {
    LiveDisplay display = display(new Terminal(true, 80, false));
    display.draw(panel(progress(0.25, Map.of(Fault.RESET, 2L, Fault.TIMED_OUT, 1_000L))));
    display.draw(panel(progress(0.5, Map.of(Fault.LOST, 3L))));
    assertEquals(
        List.of(
            "before",
            "████████████████████░░░░░░░░░░░░░░░░░░░░ 50 %  4.7 s",
            "1,234/s  p50 1.23 ms  p99 4.56 ms  50 in flight  850 answered",
            "errors: lost 3",
            ""),
        screen());
    display.close();
    display.close();
    assertEquals(List.of("before", ""), screen());
  }

  @Test
  void terminalIsLeftAsItWasAfterEveryDrawing() {
    LiveDisplay display = display(new Terminal(true, 80, true));
    display.draw(new ProgressText(80, true).panel(progress(0.5, Map.of(Fault.LOST, 3L))));
    String text = text();
    assertFalse(text.contains("\u001b[?25l"), "the cursor is never hidden");
    assertTrue(text.lastIndexOf("\u001b[?7h") > text.lastIndexOf("\u001b[?7l"), "wraps again");
    assertTrue(text.lastIndexOf("\u001b[0m") > text.lastIndexOf("\u001b[31m"), "no colour is left");
    assertTrue(screen().get(screen().size() - 1).isEmpty(), "cursor on a line of its own");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 20, 40, 80, 200})
  void noLineIsAsWideAsTheTerminal(int width) {
    ProgressText text = new ProgressText(width, false);
    Progress much =
        progress(1, Map.of(Fault.RESET, 2L, Fault.LOST, 12_345_678L, Fault.DUPLICATE, 99_999L));
    List<String> panel = text.panel(much);
    assertEquals(3, panel.size(), "always as high");
    panel.forEach(line -> assertTrue(line.length() <= Math.max(1, width - 1), line));
  }

  @Test
  void coloursOnlyWhenWanted() {
    Progress bad = progress(0.5, Map.of(Fault.LOST, 3L));
    assertFalse(String.join("", new ProgressText(80, false).panel(bad)).contains("\u001b"));
    String panel = String.join("", new ProgressText(80, true).panel(bad));
    assertTrue(panel.contains("\u001b[31merrors: lost 3\u001b[0m"), panel);
  }

  @Test
  void lineForALogHasNoControlCharacters() {
    assertEquals(
        "4.7 s, 50 %: 1,234/s, p50 1.23 ms, p99 4.56 ms, 50 in flight, 850 answered,"
            + " errors: reset 2, lost 3",
        ProgressText.line(progress(0.5, Map.of(Fault.LOST, 3L, Fault.RESET, 2L))));
    assertEquals(
        "0.0 s, 0 % (warm-up): 0.0/s, p50 -, p99 -, 0 in flight, 0 answered",
        ProgressText.line(
            new Progress(Duration.ZERO, Double.NaN, true, 0, 0, 0, 0, 0, 0, Map.of())));
  }

  @Test
  void drawsSoonFromItsOwnThreadUntilClosed() throws Exception {
    CountDownLatch drawn = new CountDownLatch(3);
    LiveDisplay display =
        new LiveDisplay(
            () -> {
              assertEquals("upper-display", Thread.currentThread().getName());
              drawn.countDown();
              return progress(0.5, Map.of());
            },
            out,
            new Terminal(true, 80, false));
    try (display) {
      display.begin();
      assertTrue(drawn.await(60, TimeUnit.SECONDS));
    }
    assertEquals(List.of(""), screen());
  }

  @Test
  void closedBeforeTheFirstLineSaysNothing() {
    LiveDisplay display =
        new LiveDisplay(() -> progress(1, Map.of()), out, new Terminal(false, 80, false));
    display.begin();
    display.close();
    assertEquals("", text());
  }

  @ParameterizedTest
  @CsvSource({
    "'24 132', true,  132", // stty size
    "'0 0',    true,  80", // a terminal that was never told its size
    "'',       false, 80", // none
  })
  void terminalIsWhatSttySays(String size, boolean present, int width) {
    assertEquals(new Terminal(present, width, true), Terminal.of(size, USUAL));
  }

  @Test
  void environmentTakesTheTerminalOrItsColours() {
    assertFalse(Terminal.of("24 80", Map.of("TERM", "dumb")).present());
    assertFalse(Terminal.of("24 80", Map.of("NO_COLOR", "1")).colour());
    assertTrue(Terminal.of("24 80", Map.of("NO_COLOR", "")).colour(), "empty does not count");
  }

  private LiveDisplay display(Terminal terminal) {
    out.print("before\n");
    return new LiveDisplay(() -> progress(0, Map.of()), out, terminal);
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }

  /** What a terminal shows: the little of ECMA-48 that is used; the last line has the cursor. */
  private List<String> screen() {
    List<String> lines = new ArrayList<>(List.of(""));
    int row = 0;
    Matcher part =
        Pattern.compile("\u001b\\[(\\??)([0-9]*)([A-Za-z])|\n|[^\u001b\n]+").matcher(text());
    while (part.find()) {
      String all = part.group();
      if (all.equals("\n")) {
        row++;
        if (row == lines.size()) {
          lines.add("");
        }
      } else if (part.group(3) == null) {
        lines.set(row, all);
      } else if (part.group(3).equals("F")) {
        row -= Integer.parseInt(part.group(2));
      } else if (part.group(3).equals("J")) {
        lines = new ArrayList<>(lines.subList(0, row));
        lines.add("");
      }
    }
    return lines;
  }
}
