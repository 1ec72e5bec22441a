package io.upper.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.upper.config.AccessLogFormat;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/**
 * Formats a line of the access log: the time (UTC) and the event's key-value pairs, as {@code
 * key=value} or as a JSON object. Logback's own JSON encoder writes numbers as strings and each
 * pair as an object.
 */
final class AccessLogEncoder extends EncoderBase<ILoggingEvent> {
  private static final byte[] EMPTY = new byte[0];

  private final AccessLogFormat format;

  AccessLogEncoder(AccessLogFormat format) {
    this.format = format;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line = format == AccessLogFormat.JSON ? json(event) : text(event);
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Instant time(ILoggingEvent event) {
    return event.getInstant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String json(ILoggingEvent event) {
    JsonObject json = new JsonObject().put("time", time(event));
    event.getKeyValuePairs().forEach(pair -> json.put(pair.key, pair.value));
    return json.encode();
  }

  private static String text(ILoggingEvent event) {
    return event.getKeyValuePairs().stream()
        .map(AccessLogEncoder::text)
        .collect(Collectors.joining(" ", time(event) + " ", ""));
  }

  private static String text(KeyValuePair pair) {
    String value = String.valueOf(pair.value);
    // Any error text stays on one line and one word.
    return pair.key + "=" + (value.matches("[^\\s\"\\p{Cntrl}]+") ? value : Json.encode(value));
  }

  @Override
  public byte[] headerBytes() {
    return EMPTY;
  }

  @Override
  public byte[] footerBytes() {
    return EMPTY;
  }
}
