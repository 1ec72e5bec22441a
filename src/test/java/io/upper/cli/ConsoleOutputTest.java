package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ConsoleOutputTest {
  private static final int LINES = 40_000;

  /** Blocks all writes until released. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch go = new CountDownLatch(1);
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (this) {
        assertTrue(length <= 4096 || lines(bytes, offset, length) == 1, length + " bytes at once");
        read.write(bytes, offset, length);
        notifyAll();
      }
    }

    private static long lines(byte[] bytes, int offset, int length) {
      return new String(bytes, offset, length, UTF_8).lines().count();
    }

    synchronized List<String> awaitLine(String last) throws InterruptedException {
      while (!read.toString(UTF_8).endsWith(last + "\n")) {
        wait();
      }
      return read.toString(UTF_8).lines().toList();
    }
  }

  @Test
  void writingNeverBlocksAndLostLinesAreCounted() throws Exception {
    Stuck stuck = new Stuck();
    PrintStream out = new PrintStream(new ConsoleOutput("standard output", stuck), true, UTF_8);
    String long60 = "ñ".repeat(60);
    for (int i = 0; i < LINES; i++) {
      out.println(i + " " + long60);
    }
    // Longer than a PrintStream's buffer, but not truncated.
    out.println("x".repeat(100_000));
    stuck.go.countDown();
    List<String> lost = stuck.awaitLine("not read in time");
    out.println("last");
    List<String> lines = stuck.awaitLine("last");
    assertEquals("last", lines.get(lines.size() - 1));
    int kept = lines.size() - 2;
    for (int i = 0; i < kept; i++) {
      assertEquals(i + " " + long60, lines.get(i));
    }
    assertEquals(
        LINES + 1 - kept + " lines are lost here: standard output was not read in time",
        lines.get(kept));
    assertEquals(kept + 1, lost.size());
  }

  @Test
  void longAndPartialLinesAreWrittenInOrder() throws Exception {
    Stuck free = new Stuck();
    free.go.countDown();
    PrintStream out = new PrintStream(new ConsoleOutput("standard output", free), true, UTF_8);
    String longer = "y".repeat(100_000);
    out.print("a");
    out.println("b");
    out.println(longer);
    out.write('c');
    out.println();
    assertEquals(List.of("ab", longer, "c"), free.awaitLine("c"));
  }
}
