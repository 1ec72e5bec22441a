package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.upper.config.AccessLogFormat;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Writing the access log. */
@Timeout(180)
class AccessLogOutputTest {
  private static final int LINES = 40_000;

  private final Logger access = (Logger) LoggerFactory.getLogger("upper.access");
  private Level before;

  @BeforeEach
  void on() {
    before = access.getLevel();
    access.setLevel(Level.INFO);
    access.setAdditive(false);
  }

  @AfterEach
  void off() {
    access.setLevel(before);
    access.setAdditive(true);
  }

  /** Blocks all writes until released. */
  private static final class Stuck extends AppenderBase<ILoggingEvent> {
    final CountDownLatch go = new CountDownLatch(1);
    final List<KeyValuePair> written = new ArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      written.addAll(event.getKeyValuePairs());
    }
  }

  @Test
  void loggingNeverBlocksAndLostLinesAreReported() throws Exception {
    Stuck stuck = new Stuck();
    stuck.setContext(access.getLoggerContext());
    stuck.start();
    AccessLogOutput output = new AccessLogOutput(access.getLoggerContext(), stuck);
    access.addAppender(output);
    try {
      // Would never end if one of them blocked.
      for (int i = 0; i < LINES; i++) {
        access.atInfo().addKeyValue("line", i).log("connection");
      }
      stuck.go.countDown();
      while (output.getNumberOfElementsInQueue() > 0) {
        Thread.onSpinWait();
      }
      access.atInfo().addKeyValue("line", LINES).log("connection");
    } finally {
      access.detachAppender(output);
      output.stop(); // Writes the rest.
    }
    long lines = stuck.written.stream().filter(pair -> pair.key.equals("line")).count();
    KeyValuePair lost =
        stuck.written.stream().filter(pair -> pair.key.equals("lost")).findFirst().orElseThrow();
    assertEquals(LINES + 1, lines + (Long) lost.value);
    assertTrue((Long) lost.value > 0);
    assertEquals(LINES, stuck.written.get(stuck.written.size() - 1).value);
  }

  @Test
  void aLineIsJsonWithNumbersOrPairs() {
    LoggingEvent event = new LoggingEvent();
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678901234Z"));
    event.addKeyValuePair(new KeyValuePair("peer", "127.0.0.1:1"));
    event.addKeyValuePair(new KeyValuePair("sent", 5L));
    event.addKeyValuePair(new KeyValuePair("end", "failed: a\n\"b\""));
    JsonObject json = new JsonObject(line(AccessLogFormat.JSON, event));
    assertEquals(
        new JsonObject()
            .put("time", "2026-01-02T03:04:05.678Z")
            .put("peer", "127.0.0.1:1")
            .put("sent", 5)
            .put("end", "failed: a\n\"b\""),
        json);
    assertEquals(
        "2026-01-02T03:04:05.678Z peer=127.0.0.1:1 sent=5 end=\"failed: a\\n\\\"b\\\"\"\n",
        line(AccessLogFormat.TEXT, event));
  }

  private static String line(AccessLogFormat format, ILoggingEvent event) {
    return new String(new AccessLogEncoder(format).encode(event), UTF_8);
  }
}
