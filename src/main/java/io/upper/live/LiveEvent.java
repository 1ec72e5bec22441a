package io.upper.live;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;

/**
 * One event of the feed. The page gets it as a JSON array, whose first element is its kind:
 *
 * <pre>
 *   o  at connection name text number        opened: name is the protocol, text the peer, number that of the
 *                                            demonstration client, or 0
 *   x  at connection text                    closed, and why
 *   q  at connection request                 a demonstration client sent it
 *   a  at connection request number          read: number is its length in bytes
 *   b  at connection request number          work on it began, on lane number
 *   s  at connection request number          served, on lane number
 *   r  at connection request                 the demonstration client has its reply
 *   l  at number name text                   lane number appeared: text is its kind
 *   z  at number text                        lane number ended, and why
 *   c  at text                               a configuration change was applied
 *   !  at text                               something was broken on purpose, or failed
 * </pre>
 *
 * @param at nanoseconds since the feed began
 * @param connection its number, from 1; 0 where there is none
 * @param request its number, from 1; 0 where there is none
 */
record LiveEvent(
    char kind, long at, int connection, int request, int number, String name, String text) {
  private static final int NANOS_PER_MICRO = 1_000;
  private static final int MICROS_PER_MILLI = 1_000;

  static LiveEvent opened(long at, int connection, String protocol, String peer, int number) {
    return new LiveEvent('o', at, connection, 0, number, protocol, peer);
  }

  static LiveEvent closed(long at, int connection, String why) {
    return new LiveEvent('x', at, connection, 0, 0, null, why);
  }

  /** An event of a request: q, a, b, s or r. */
  static LiveEvent request(char kind, long at, int connection, int request, int number) {
    return new LiveEvent(kind, at, connection, request, number, null, null);
  }

  static LiveEvent lane(long at, Lane lane) {
    return new LiveEvent('l', at, 0, 0, lane.id(), lane.name(), lane.kind().word());
  }

  static LiveEvent laneEnded(long at, Lane lane, String why) {
    return new LiveEvent('z', at, 0, 0, lane.id(), null, why);
  }

  /** A sentence: a configuration change (c), or what was broken (!). */
  static LiveEvent sentence(char kind, long at, String text) {
    return new LiveEvent(kind, at, 0, 0, 0, null, text);
  }

  /** Reads what {@link #appendTo} has written; demonstration clients' events are not needed. */
  static LiveEvent of(JsonArray json) {
    char kind = json.getString(0).charAt(0);
    long at = Math.round(json.getDouble(1) * NANOS_PER_MICRO * MICROS_PER_MILLI);
    return switch (kind) {
      case 'o' ->
          opened(at, json.getInteger(2), json.getString(3), json.getString(4), json.getInteger(5));
      case 'x' -> closed(at, json.getInteger(2), json.getString(3));
      case 'a', 'b', 's' ->
          request(kind, at, json.getInteger(2), json.getInteger(3), json.getInteger(4));
      case 'l' ->
          new LiveEvent(kind, at, 0, 0, json.getInteger(2), json.getString(3), json.getString(4));
      case 'z' -> new LiveEvent(kind, at, 0, 0, json.getInteger(2), null, json.getString(3));
      default -> sentence(kind, at, json.getString(2));
    };
  }

  /** Appends its JSON. */
  void appendTo(StringBuilder json) {
    json.append("[\"").append(kind).append("\",");
    appendMillis(json, at);
    switch (kind) {
      case 'o' -> {
        json.append(',').append(connection);
        appendText(json, name);
        appendText(json, text);
        json.append(',').append(number);
      }
      case 'x' -> appendText(json.append(',').append(connection), text);
      case 'q', 'r' -> json.append(',').append(connection).append(',').append(request);
      case 'a', 'b', 's' ->
          json.append(',')
              .append(connection)
              .append(',')
              .append(request)
              .append(',')
              .append(number);
      case 'l' -> {
        appendText(json.append(',').append(number), name);
        appendText(json, text);
      }
      case 'z' -> appendText(json.append(',').append(number), text);
      default -> appendText(json, text);
    }
    json.append(']');
  }

  private static void appendText(StringBuilder json, String text) {
    json.append(',').append(Json.encode(text));
  }

  /** Appends nanoseconds as milliseconds with a fraction to the microsecond. */
  static void appendMillis(StringBuilder json, long nanos) {
    long micros = Math.max(0, nanos / NANOS_PER_MICRO);
    json.append(micros / MICROS_PER_MILLI).append('.');
    long fraction = micros % MICROS_PER_MILLI;
    json.append((char) ('0' + fraction / 100))
        .append((char) ('0' + fraction / 10 % 10))
        .append((char) ('0' + fraction % 10));
  }
}
