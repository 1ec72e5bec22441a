package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.lab.Agenda;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is drawn with letters: timelines, and how far a session is. */
class LabTextTest {

  private static ModelRun run(Duration wall, List<ServedRequest> requests) {
    return new ModelRun(
        "worker-pool", "2 threads", null, null, wall, requests, 0, Duration.ZERO, 0, null);
  }

  @Test
  void aColumnShowsWhoServedInItsMiddle() {
    ModelRun run =
        run(
            Duration.ofNanos(72),
            List.of(
                new ServedRequest(0, 0, 0, 10, 30, 31, "first"),
                new ServedRequest(0, 1, 40, 60, 71, 72, "second"),
                new ServedRequest(1, 0, 0, 30, 60, 60, "first")));
    assertEquals(
        List.of(
            "     0 s" + " ".repeat(72 - 3 - 5) + "72 ns",
            "   1 "
                + "·".repeat(10)
                + "A".repeat(20)
                + " ".repeat(10)
                + "·".repeat(20)
                + "B".repeat(11),
            "   2 " + "·".repeat(30) + "A".repeat(30),
            "     A first, B second"),
        TextTimeline.lines(run, 2));
  }

  @Test
  void manyClientsAndWorkersAreCut() {
    List<ServedRequest> requests =
        IntStream.range(0, 100)
            .mapToObj(
                client ->
                    new ServedRequest(
                        client, 0, 0, 1 + client, 71, 72, "a-rather-long-thread-name-" + client))
            .toList();
    List<String> lines = TextTimeline.lines(run(Duration.ofNanos(72), requests), 100);
    assertEquals(1 + 12 + 1 + 1, lines.size());
    assertEquals("     … and 88 clients more", lines.get(13));
    assertTrue(lines.get(14).endsWith(", …"), lines.get(14));
    lines.forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @Test
  void whoHasNoLetterIsMarked() {
    List<ServedRequest> requests =
        IntStream.range(0, 27)
            .mapToObj(i -> new ServedRequest(0, i, i * 2, i * 2, i * 2 + 2, i * 2 + 2, "w" + i))
            .toList();
    String row = TextTimeline.lines(run(Duration.ofNanos(72), requests), 1).get(1);
    assertTrue(row.endsWith("YYZZ##"), row);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 40, 80, 200})
  void theAgendaIsNarrowerThanTheTerminal(int width) {
    Agenda agenda = new Agenda(List.of(new Agenda.Step("iterative", Duration.ofSeconds(4))));
    agenda.begin(0);
    agenda.lines(width).forEach(line -> assertTrue(line.length() < Math.max(2, width), line));
  }

  @Test
  void theAgendaTellsWhatIsLeft() {
    Agenda agenda =
        new Agenda(
            List.of(
                new Agenda.Step("iterative", Duration.ofHours(1)),
                new Agenda.Step("event-loop", Duration.ofHours(1))));
    agenda.begin(1);
    String line = agenda.lines(80).get(0);
    assertTrue(line.matches("█{15}░{15} 2 of 2  event-loop  \\d{4} s left"), line);
  }
}
