package io.upper.check;

import java.time.Duration;

/**
 * What a case asks of a server, from which its time follows.
 *
 * @param clients that need replies
 * @param requests of each client, one after the other
 * @param bytes of each client
 * @param pause that the case itself waits
 * @param together clients that the server must serve at once, else the case says nothing about it
 */
public record Cost(int clients, int requests, int bytes, Duration pause, int together) {

  /** One client's requests, of a few bytes each. */
  public static Cost requests(int requests) {
    return new Cost(1, requests, 0, Duration.ZERO, 1);
  }

  /** One client's request of this size. */
  public static Cost bytes(int bytes) {
    return new Cost(1, 1, bytes, Duration.ZERO, 1);
  }

  /** One short request by each of some clients. */
  public static Cost clients(int clients) {
    return new Cost(clients, 1, 0, Duration.ZERO, 1);
  }

  /** The same, with a pause. */
  public Cost pausing(Duration time) {
    return new Cost(clients, requests, bytes, time, together);
  }

  /** The same, of so many clients that have to be served at once. */
  public Cost together(int count) {
    return new Cost(clients, requests, bytes, pause, count);
  }

  /** Whether the case says something about a server of this kind. */
  public boolean appliesTo(Traits traits) {
    return traits.clientsAtOnce() >= together;
  }

  /** The time that a server of this kind needs if it does everything right. */
  public Duration time(Traits traits) {
    if (!appliesTo(traits)) {
      return Duration.ZERO;
    }
    long each = Math.max(requests, -Math.floorDiv(-(long) bytes, traits.readSize()));
    int parallel = traits.oneRequestAtATime() ? 1 : traits.clientsAtOnce();
    long turns = parallel == Traits.ANY ? 1 : -Math.floorDiv(-clients, parallel);
    return traits.job().multipliedBy(each * turns).plus(pause);
  }
}
