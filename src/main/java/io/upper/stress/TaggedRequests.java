package io.upper.stress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests of one client over UDP. Each begins with its number as a tag, whose digits uppercase
 * does not change, so replies can be matched even if they arrive late or twice. If a service
 * changes the tag, a reply is matched by its expected content.
 */
final class TaggedRequests {
  static final int MAX_TAG = 20;
  private static final char TAG_END = ' ';

  /** In the order of sending. */
  final Map<Long, Request> inFlight = new LinkedHashMap<>();

  private final Map<Long, Boolean> lost = new HashMap<>();
  private long count;

  static String tag(long number) {
    return "" + number + TAG_END;
  }

  static ByteBuf bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf();
  }

  void add(Request request) {
    inFlight.put(request.number, request);
    count = Math.max(count, request.number + 1);
  }

  /** Removes the oldest request sent by {@code nanos}; null if there is none. */
  Request removeOldest(long nanos) {
    Iterator<Request> requests = inFlight.values().iterator();
    Request oldest = requests.hasNext() ? requests.next() : null;
    if (oldest == null || oldest.sent - nanos > 0) {
      return null;
    }
    requests.remove();
    return oldest;
  }

  /** Keeps a request that has timed out: its reply may still arrive. */
  void lose(Request request) {
    lost.put(request.number, request.counts);
  }

  /** Whether the lost request with this number counts; null if there is none, or none any more. */
  Boolean removeLost(long number) {
    return lost.remove(number);
  }

  /** The request in flight whose expected reply this is, or null. */
  Request expecting(ByteBuf reply) {
    return inFlight.values().stream()
        .filter(request -> ByteBufUtil.equals(reply, bytes(request.message.expected())))
        .findFirst()
        .orElse(null);
  }

  /** The number in the tag of a reply; -1 if no request with that number was sent. */
  long number(ByteBuf reply) {
    long number = 0;
    int start = reply.readerIndex();
    for (int i = 0; i < Math.min(reply.readableBytes(), MAX_TAG - 1); i++) {
      byte digit = reply.getByte(start + i);
      if (digit == TAG_END && i > 0) {
        return number < count ? number : -1;
      }
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + digit - '0';
    }
    return -1;
  }
}
