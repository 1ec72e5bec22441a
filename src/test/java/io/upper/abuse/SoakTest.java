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
 * Every abuse in a random order, for minutes, while others are served: what the server holds does
 * not grow. {@code mvn test -Psoak -Dsoak.minutes=10 -Dsoak.seed=1} prints what it holds after each
 * minute; the seed tells the order, so a run can be repeated.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class SoakTest {
  // What the JVM still compiles, and the allocators' pools, which need long to be all filled once.
  private static final long MORE_KIB = 32 << 10;
  private static final int MORE_THREADS = 2;
  private static final int MORE_DESCRIPTORS = 4;
  private static final long BEARABLE_MILLIS = 10_000;

  /** One tenth of it all: the abuses take turns more often. */
  private static final int PART = 10;

  @TempDir private Path directory;

  @Test
  void whatAServerHoldsDoesNotGrow() throws Exception {
    Duration length = Duration.ofMinutes(Long.getLong("soak.minutes", 10));
    long seed = Long.getLong("soak.seed", 1);
    Random random = new Random(seed);
    System.out.printf("soak: %d minutes, seed %d%n", length.toMinutes(), seed);
    List<AbusedServer.Holdings> samples = new ArrayList<>();
    long abuses = 0;
    try (AbusedServer server = new AbusedServer(directory)) {
      try (RightClients others = new RightClients(server)) {
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
      long start, long abuses, RightClients others, List<AbusedServer.Holdings> samples) {
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
