package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a demonstration client does while there is nothing to connect to. */
@Timeout(60)
class DemonstrationClientTest {
  private static final int TRIES = 4;

  /** TCP may be off, or at a path, when the configuration changes. */
  @Test
  void withoutAServerItPausesBetweenTries() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch again = new CountDownLatch(1 + TRIES);
    DemonstrationClient client =
        new DemonstrationClient(
            1,
            new LiveFeed().connections(),
            () -> {
              first.countDown();
              again.countDown();
              return null;
            });
    assertTrue(first.await(30, TimeUnit.SECONDS));
    long began = System.nanoTime();
    client.reconnect();
    assertTrue(again.await(30, TimeUnit.SECONDS));
    client.stop();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertTrue(millis > DemonstrationClient.RETRY_MILLIS, TRIES + " tries in " + millis + " ms");
  }
}
