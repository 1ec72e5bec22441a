package io.upper.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.lab.Trace.Served;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static final int PORT = 40_000;

  private final Trace trace = new Trace();

  @Test
  void tellsOfEachAnswerWhoGaveItAndCountsFromTheOrigin() throws IOException {
    trace.add(PORT, new Served(1_210, 1_220, 1_280, "B"));
    trace.add(PORT, new Served(1_110, 1_120, 1_180, "A"));
    trace.add(PORT + 1, new Served(1_111, 1_150, 1_160, "C"));
    assertEquals(
        List.of(
            new ServedRequest(0, 0, 100, 120, 180, 190, "A"),
            new ServedRequest(0, 1, 200, 220, 280, 290, "B"),
            new ServedRequest(1, 0, 101, 150, 160, 170, "C")),
        trace.join(
            List.of(
                new Answer(0, PORT, 0, 1_100, 1_190),
                new Answer(0, PORT, 1, 1_200, 1_290),
                new Answer(1, PORT + 1, 0, 1_101, 1_170)),
            1_000));
  }

  @Test
  void leavesOutTheWarmUpAlsoIfItsPortWasTakenAgain() throws IOException {
    trace.add(PORT, new Served(10, 11, 12, "warm-up"));
    trace.add(PORT, new Served(110, 120, 180, "A"));
    trace.add(PORT + 1, new Served(115, 120, 180, "warm-up"));
    assertEquals(
        List.of(new ServedRequest(0, 0, 100, 120, 180, 190, "A")),
        trace.join(List.of(new Answer(0, PORT, 0, 100, 190)), 0));
  }

  @Test
  void joinsTheReadsThatARequestWasCutInto() throws IOException {
    trace.add(PORT, new Served(110, 111, 130, "A"));
    trace.add(PORT, new Served(140, 141, 160, "B"));
    assertEquals(
        List.of(new ServedRequest(0, 0, 100, 111, 160, 190, "B")),
        trace.join(List.of(new Answer(0, PORT, 0, 100, 190)), 0));
  }

  @Test
  void anAnswerThatNobodyGaveIsRefused() {
    trace.add(PORT, new Served(110, 111, 130, "A"));
    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                trace.join(
                    List.of(new Answer(2, PORT, 0, 100, 190), new Answer(2, PORT, 1, 200, 290)),
                    0));
    assertEquals(
        "the server's recording does not tell who served request 2 of client 3",
        refused.getMessage());
  }

  @Test
  void theStartOfAChildIsNeitherWaitingNorService() throws IOException {
    trace.addStart("process 7", 130, 160);
    trace.addStart("process 7", 1_000, 1_100);
    trace.add(PORT, new Served(110, 140, 180, "process 7"));
    trace.add(PORT, new Served(210, 211, 230, "process 7"));
    assertEquals(
        List.of(
            new ServedRequest(0, 0, 100, 130, 160, 180, 190, "process 7"),
            new ServedRequest(0, 1, 200, 211, 211, 230, 240, "process 7")),
        trace.join(List.of(new Answer(0, PORT, 0, 100, 190), new Answer(0, PORT, 1, 200, 240)), 0));
  }

  /** Read and answered before the parent had handed over the processor. */
  @Test
  void aStartEndsWithItsRequestAtTheLatest() throws IOException {
    trace.addStart("process 7", 130, 185);
    trace.add(PORT, new Served(110, 140, 180, "process 7"));
    assertEquals(
        List.of(new ServedRequest(0, 0, 100, 130, 180, 180, 190, "process 7")),
        trace.join(List.of(new Answer(0, PORT, 0, 100, 190)), 0));
  }
}
