package io.upper.abuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every abuse in random order, for minutes, while others are served: the server's resources do not
 * grow. {@code mvn test -Psoak -Dsoak.minutes=10 -Dsoak.seed=1} prints them each minute; the seed
 * determines the order, so a run can be repeated.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class SoakTest {
  // Code still being compiled, and the allocators' pools, which take long to fill.
  private static final long MORE_KIB = 32 << 10;
  private static final int MORE_THREADS = 2;
  private static final int MORE_DESCRIPTORS = 4;
  private static final long BEARABLE_MILLIS = 30_000;

  /** One tenth of each, so that the abuses alternate more often. */
  private static final int PART = 10;

  @TempDir private Path directory;

  @Test
  void theResourcesOfAServerDoNotGrow() throws Exception {
    Duration length = Duration.ofMinutes(Long.getLong("soak.minutes", 10));
    long seed = Long.getLong("soak.seed", 1);
    Random random = new Random(seed);
    System.out.printf("soak: %d minutes, seed %d%n", length.toMinutes(), seed);
    List<AbusedServer.Holdings> samples = new ArrayList<>();
    long abuses = 0;
    try (AbusedServer server = new AbusedServer(directory)) {
      try (WellBehavedClients others = new WellBehavedClients(server)) {
        others.awaitServed(200);
        int descriptors = server.holdings().descriptors() + MORE_DESCRIPTORS;
        long start = System.nanoTime();
        long told = start;
        while (System.nanoTime() - start < length.toNanos()) {
          Abuse abuse = Abuse.values()[random.nextInt(Abuse.values().length)];
          abuse.commit(server, others, 1 + random.nextInt(abuse.full / PART), random);
          abuses++;
          samples.add(server.settled(descriptors));
          if (System.nanoTime() - told > Duration.ofMinutes(1).toNanos()) {
            told = System.nanoTime();
            print(start, abuses, others, samples);
          }
        }
        others.close();
        print(start, abuses, others, samples);
        long replies = others.served();
        assertTrue(others.slowestMillis() < BEARABLE_MILLIS, "slowest: " + others.slowestMillis());
        assertTrue(replies > 0);
      }
      server.stop();
    }
    ChangesSoakTest.assertFlat(
        "resident KiB", samples, AbusedServer.Holdings::residentKib, MORE_KIB);
    ChangesSoakTest.assertFlat("threads", samples, AbusedServer.Holdings::threads, MORE_THREADS);
    ChangesSoakTest.assertFlat(
        "descriptors", samples, AbusedServer.Holdings::descriptors, MORE_DESCRIPTORS);
  }

  private static void print(
      long start, long abuses, WellBehavedClients others, List<AbusedServer.Holdings> samples) {
    others.throwFailure();
    System.out.printf(
        "%4d s: %5d abuses; others: %8d replies, all right, %d datagrams lost, slowest %d ms; %s%n",
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        abuses,
        others.served(),
        others.lost(),
        others.slowestMillis(),
        samples.get(samples.size() - 1));
  }
}
