package io.upper.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved figures, and when a later run is worse. */
class SavedRunTest {
  private static final double LIMIT = 1.25;

  @TempDir private Path directory;

  private static SavedRun run(double netty, double upper) {
    SavedRun run = new SavedRun();
    run.add("tcp-64", "netty", new double[] {netty, netty, netty});
    run.add("tcp-64", "upper", new double[] {upper, upper, upper});
    return run;
  }

  @Test
  void aFileHoldsWhatWasMeasured() throws IOException {
    SavedRun run = run(8, 10.5);
    run.addOthers("tcp-64", 0.25);
    Path file = directory.resolve("run.txt");
    run.write(file);
    assertEquals(
        List.of(
            "tcp-64 netty 8.000 8.000 8.000",
            "tcp-64 upper 10.500 10.500 10.500",
            "tcp-64 others 0.250"),
        Files.readAllLines(file));
    SavedRun again = SavedRun.read(file);
    assertEquals(0.25, again.others("tcp-64"));
    assertEquals(
        List.of("tcp-64 upper / netty, this run / saved run: 1.000 (1.000 to 1.000): cannot tell"),
        again.against(run).stream().map(SavedRun.Change::toString).toList());
  }

  /** A machine of half the speed changes nothing; neither the reference nor others are compared. */
  @Test
  void onlyRatiosToTheReferenceAreCompared() {
    SavedRun now = run(16, 24);
    now.addOthers("tcp-64", 0.05);
    now.add("udp-64", "netty", new double[] {1});
    now.add("udp-64", "upper", new double[] {9});
    List<SavedRun.Change> changes = now.against(run(8, 8));
    assertEquals(1, changes.size(), changes::toString);
    assertEquals("upper", changes.get(0).peer());
    assertEquals(1.5, changes.get(0).ratio().middle(), 1e-9);
  }

  @Test
  void nothingInCommonIsAnError() {
    SavedRun other = new SavedRun();
    other.add("udp-64", "netty", new double[] {1});
    other.add("udp-64", "upper", new double[] {1});
    assertThrows(IllegalArgumentException.class, () -> run(8, 8).against(other));
  }

  @Test
  void aLineThatIsNoneOfItsOwnIsNamed() throws IOException {
    for (String line : List.of("tcp-64", "tcp-64 c", "tcp-64 c 1.5 x", "tcp-64 c 1 2 3")) {
      Path file =
          Files.writeString(
              directory.resolve("wrong.txt"), "# comment\ntcp-64 netty 1 2\n" + line + "\n");
      IOException e = assertThrows(IOException.class, () -> SavedRun.read(file), line);
      assertEquals(file + ": not a line of --save: " + line, e.getMessage());
    }
  }

  @Test
  void aRunIsWorseBeyondTheLimitUnlessOtherProgramsDisturbedIt() {
    assertTrue(Bench.isWorse(run(8, 10.1), run(8, 8), LIMIT));
    assertFalse(Bench.isWorse(run(8, 9.9), run(8, 8), LIMIT));
    assertFalse(Bench.isWorse(run(8, 80), run(8, 8), 0), "without a limit");
    SavedRun disturbed = run(8, 80);
    disturbed.addOthers("tcp-64", 0.11);
    assertFalse(Bench.isWorse(disturbed, run(8, 8), LIMIT));
    SavedRun quiet = run(8, 80);
    quiet.addOthers("tcp-64", 0.09);
    assertTrue(Bench.isWorse(quiet, run(8, 8), LIMIT));
  }

  /** A limit is exceeded only for sure: with the lower end of the interval. */
  @Test
  void aSingleSlowRoundIsNotWorse() {
    SavedRun now = new SavedRun();
    now.add("tcp-64", "netty", new double[] {8, 8, 8, 8, 8});
    now.add("tcp-64", "upper", new double[] {8, 16, 8, 16, 16});
    assertFalse(Bench.isWorse(now, run(8, 8), LIMIT));
  }

  /** The run of which CI compares. */
  @Test
  void theSavedRunOfCiIsReadable() throws IOException {
    SavedRun run = SavedRun.read(Path.of("results", "ci.txt"));
    assertEquals(2, run.against(run).size());
  }
}
