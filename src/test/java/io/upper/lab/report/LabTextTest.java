package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.lab.Agenda;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
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

  private static List<String> lines(ModelRun run, int clients, int requests) {
    return lines(run, clients, requests, run.wall().toNanos());
  }

  private static List<String> lines(ModelRun run, int clients, int requests, long longest) {
    Load load = Runs.load(clients, requests, 1);
    return TextTimeline.lines(run, load, new SharedScale(List.of(longest)), 75);
  }

  @Test
  void aColumnShowsWhoServedInItsMiddle() {
    ModelRun run =
        run(
            Duration.ofNanos(72),
            List.of(
                new ServedRequest(0, 0, 0, 10, 15, 30, 31, "first"),
                new ServedRequest(0, 1, 40, 60, 71, 72, "second"),
                new ServedRequest(1, 0, 0, 30, 60, 60, "first")));
    assertEquals(
        List.of(
            "   0 s" + " ".repeat(72 - 3 - 5) + "72 ns",
            " 1 "
                + "·".repeat(10)
                + "~".repeat(5)
                + "A".repeat(15)
                + " ".repeat(10)
                + "·".repeat(20)
                + "B".repeat(11),
            " 2 " + "·".repeat(30) + "A".repeat(30),
            "   · waits, ~ its process starts, A first, B second"),
        lines(run, 2, 2));
  }

  /** So that a short picture is a fast model. */
  @Test
  void aFasterRunIsAShorterPictureUnlessItWouldBeTooShort() {
    ModelRun run = run(Duration.ofNanos(36), List.of(new ServedRequest(0, 0, 0, 0, 36, 36, "one")));
    assertEquals(" 1 " + "A".repeat(36), lines(run, 1, 1, 72).get(1));
    assertEquals(" 1 " + "A".repeat(4), lines(run, 1, 1, 36 * 16).get(1));
    assertEquals(" 1 " + "A".repeat(72), lines(run, 1, 1, 36 * 16 + 1).get(1));
  }

  @Test
  void ofManyClientsThoseAreShownWhoWaitedLongest() {
    List<ServedRequest> requests =
        IntStream.range(0, 100)
            .mapToObj(
                client ->
                    new ServedRequest(
                        client,
                        0,
                        0,
                        client % 30 == 29 ? 60 : 1,
                        71,
                        72,
                        "a-rather-long-thread-name-" + client))
            .toList();
    List<String> lines = lines(run(Duration.ofNanos(72), requests), 100, 1);
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 30, 60, 90),
        lines.subList(1, 13).stream()
            .map(line -> Integer.valueOf(line.substring(0, 4).strip()))
            .toList());
    assertEquals(
        "     (of 100 clients the first 9, and 3 of the others that waited longest)",
        lines.get(13));
    assertEquals(16, lines.size());
    assertTrue(lines.get(15).endsWith(", … 97 more"), lines.get(15));
    lines.forEach(line -> assertTrue(line.length() <= 75, line));
  }

  @Test
  void whoHasNoLetterIsMarked() {
    List<ServedRequest> requests =
        IntStream.range(0, 27)
            .mapToObj(i -> new ServedRequest(0, i, i * 2, i * 2, i * 2 + 2, i * 2 + 2, "w" + i))
            .toList();
    String row = lines(run(Duration.ofNanos(72), requests), 1, 27).get(1);
    assertTrue(row.endsWith("YYZZ##"), row);
  }

  /** Whatever is said of it: the longest names, sentences and waits, every kind of line. */
  @ParameterizedTest
  @ValueSource(ints = {1, 10, 45, 10_000})
  void allFitsATerminalOf80By24(int clients) {
    Load load = Runs.load(clients, 1, 100);
    List<ServedRequest> requests =
        IntStream.range(0, clients)
            .mapToObj(
                client ->
                    new ServedRequest(
                        client,
                        0,
                        0,
                        client,
                        50,
                        123_456_789,
                        987_654_321_987L,
                        "process " + client))
            .toList();
    ModelRun run =
        Runs.of(load)
            .predicted(
                Duration.ofMillis(100),
                "1 request of 100 ms each, 40 clients at a time; the start of 10,000 processes is"
                    + " left out")
            .run("process-per-connection", "10,000 processes", requests);
    String text =
        LabText.of(Runs.result(load, run, run, Runs.failed("thread-per-connection", "no port")));
    for (String part : text.split("\n\n")) {
      List<String> lines = part.lines().toList();
      assertTrue(lines.size() <= 23, part);
      lines.forEach(line -> assertTrue(line.length() < 80, line));
    }
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
