package io.upper.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long MILLI = 1_000_000;

  /** At 100 requests per second, the second of 4 clients sends at 10 ms, 50 ms, 90 ms, ... */
  @Test
  void clientsTakeTurns() {
    Schedule schedule = schedule(100, false, 1, 0);
    assertEquals(10 * MILLI, schedule.next());
    schedule.advance();
    assertEquals(50 * MILLI, schedule.next());
  }

  /** The ramp-up of an open loop builds no backlog: nothing is due before a client starts. */
  @Test
  void nothingIsDueBeforeTheClientStarts() {
    assertEquals(130 * MILLI, schedule(100, false, 1, 100 * MILLI).next());
    assertTrue(schedule(100, true, 1, 100 * MILLI).next() >= 100 * MILLI);
  }

  @Test
  void skipsRequestsThatWereDue() {
    Schedule schedule = schedule(100, false, 1, 0);
    assertEquals(0, schedule.skip(10 * MILLI), "the end is exclusive");
    assertEquals(2, schedule.skip(90 * MILLI));
    assertEquals(90 * MILLI, schedule.next());
    assertEquals(0, schedule.skip(90 * MILLI));
  }

  @Test
  void skippedArrivalsOfALongRandomScheduleAreItsMean() {
    long skipped = 0;
    for (int client = 0; client < 4; client++) {
      Schedule schedule = schedule(1_000, true, client, 0);
      skipped += schedule.skip(100_000 * MILLI);
      assertTrue(schedule.next() >= 100_000 * MILLI);
    }
    assertEquals(100_000, skipped, 200);
    long few = 0;
    for (int client = 0; client < 1_000; client++) {
      few += schedule(4, true, client, 0).skip(2_000 * MILLI);
    }
    assertEquals(2_000, few, 200, "drawn one by one");
  }

  @Test
  void distantTimesDoNotOverflow() {
    Schedule schedule = schedule(0.001, false, 3, 0);
    for (int i = 0; i < 1_000_000; i++) {
      schedule.advance();
    }
    assertTrue(schedule.next() > 0);
    assertTrue(1_000_000_000_000_000L + schedule.next() > 0);
  }

  private static Schedule schedule(double rate, boolean poisson, int client, long start) {
    return new Schedule(
        new StressSettings(
            new ClientSettings(
                Protocol.TCP,
                "localhost",
                1,
                null,
                false,
                ConfiguredService.of(new Uppercase()),
                5),
            4,
            0,
            null,
            StressSettings.WORDS,
            1,
            false,
            Duration.ZERO,
            rate,
            poisson,
            Duration.ZERO,
            Duration.ofSeconds(1),
            Shape.NORMAL,
            1),
        client,
        start);
  }
}
