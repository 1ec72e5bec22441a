package io.upper.abuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Misbehaving clients of a server that serves others meanwhile: afterwards it holds no more memory
 * and descriptors than before. {@code -Dabuse=full} does all of it, and prints what it has seen.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@Tag("one-jdk")
@Tag("slow")
class AbuseTest {
  private static final boolean FULL = "full".equals(System.getProperty("abuse"));

  // Others are served, even on a busy machine.
  private static final long BEARABLE_MILLIS = 30_000;

  // Pooled buffers, and code compiled meanwhile.
  private static final long MORE_KIB = 48 << 10;

  // Connections of the well-behaved clients.
  private static final int MORE_DESCRIPTORS = 4;

  @TempDir private static Path directory;
  private static AbusedServer server;
  private static WellBehavedClients others;
  private static AbusedServer.Holdings before;

  @BeforeAll
  static void start() throws Exception {
    server = new AbusedServer(directory);
    others = new WellBehavedClients(server);
    others.awaitServed(200);
    int descriptors = server.holdings().descriptors();
    Random random = new Random(1);
    for (Abuse abuse : Abuse.values()) {
      // The first time allocates more: classes, threads, buffer pools.
      abuse.commit(server, others, abuse.few / 5, random);
    }
    before = server.settled(descriptors + MORE_DESCRIPTORS);
  }

  @AfterAll
  static void stop() throws Exception {
    try (AbusedServer stopping = server) {
      others.close();
      others.throwFailure();
      String err = stopping.stop().err();
      if (FULL) {
        System.out.println(err);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void othersAreServedAndNothingIsLeft(Abuse abuse) throws Exception {
    others.forgetSlowest();
    long served = others.served();
    long start = System.nanoTime();
    abuse.commit(server, others, FULL ? abuse.full : abuse.few, new Random(abuse.ordinal()));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    AbusedServer.Holdings after = server.settled(before.descriptors() + MORE_DESCRIPTORS);
    if (FULL) {
      System.out.printf(
          "%-32s %6d times in %6d ms; others: %6d replies, slowest %4d ms, lost %d; %s%n",
          abuse,
          abuse.full,
          millis,
          others.served() - served,
          others.slowestMillis(),
          others.lost(),
          after);
    }
    others.throwFailure();
    assertTrue(
        others.slowestMillis() < BEARABLE_MILLIS, "others waited: " + others.slowestMillis());
    assertTrue(
        after.descriptors() <= before.descriptors() + MORE_DESCRIPTORS, before + " -> " + after);
    assertTrue(after.residentKib() <= before.residentKib() + MORE_KIB, before + " -> " + after);
  }
}
