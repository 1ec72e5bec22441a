package io.upper.check;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * What happened on a connection, and when. Of much data or many events it keeps the beginning and
 * the end.
 */
public final class Transcript {
  private static final int KEPT_EVENTS = 12;
  private static final int KEPT_BYTES = 64;

  // What arrives in so short a time was one write, or cannot be told from one.
  private static final long SAME_NANOS = 2_000_000;

  /** What an event is. */
  public enum Action {
    CONNECTED,
    SENT,
    /** The client has ended its side: FIN. */
    ENDED,
    RECEIVED,
    /** The server has ended its side: FIN. */
    SERVER_ENDED,
    SERVER_RESET,
    /** The client resets the connection. */
    RESET,
    CLOSED
  }

  /**
   * An event.
   *
   * @param at since the case began
   * @param bytes the first ones
   * @param size of all bytes
   */
  public record Event(Duration at, Action action, byte[] bytes, long size) {}

  private static final class Data {
    private final ByteArrayOutputStream first = new ByteArrayOutputStream();
    private long size;
    private long last;
  }

  private final long start;
  private final List<Event> first = new ArrayList<>();
  private final List<Event> last = new ArrayList<>();
  private long left;
  private Action open;
  private long began;
  private Data data;

  /**
   * An empty one.
   *
   * @param start {@link System#nanoTime} when the case began
   */
  Transcript(long start) {
    this.start = start;
  }

  void add(Action action) {
    finish();
    keep(new Event(since(System.nanoTime()), action, new byte[0], 0));
  }

  /** A datagram: never joined with another one. */
  void add(Action action, byte[] datagram) {
    add(action, datagram, 0, datagram.length);
    finish();
  }

  void add(Action action, byte[] bytes, int offset, int length) {
    long now = System.nanoTime();
    if (open != action || now - data.last > SAME_NANOS) {
      finish();
      open = action;
      began = now;
      data = new Data();
    }
    data.first.write(bytes, offset, Math.min(length, KEPT_BYTES - data.first.size()));
    data.size += length;
    data.last = now;
  }

  private void finish() {
    if (open != null) {
      keep(new Event(since(began), open, data.first.toByteArray(), data.size));
      open = null;
      data = null;
    }
  }

  private void keep(Event event) {
    if (first.size() < KEPT_EVENTS) {
      first.add(event);
      return;
    }
    last.add(event);
    if (last.size() > KEPT_EVENTS) {
      last.remove(0);
      left++;
    }
  }

  private Duration since(long time) {
    return Duration.ofNanos(time - start);
  }

  /** Whether something of this kind has happened. */
  public boolean has(Action action) {
    finish();
    return Stream.concat(first.stream(), last.stream()).anyMatch(one -> one.action() == action);
  }

  /** The first events. */
  public List<Event> first() {
    finish();
    return Collections.unmodifiableList(first);
  }

  /** How many are not kept. */
  public long leftOut() {
    return left;
  }

  /** The last events, which come after those left out. */
  public List<Event> last() {
    finish();
    return Collections.unmodifiableList(last);
  }
}
