package io.upper.check;

import io.upper.report.Units;
import java.time.Duration;
import java.util.Locale;

/**
 * What a server is, as far as the cases adapt to it. None of this is a fault.
 *
 * @param mapping which characters it maps
 * @param framing when it replies
 * @param job time from a request to its reply
 * @param readSize bytes that it takes as one request, if its job shows that; else {@link #ANY}
 * @param clientsAtOnce how many connected clients it serves; {@link #ANY} if no limit was found
 * @param oneRequestAtATime whether the requests of several connected clients are done one after the
 *     other
 * @param halfClose whether it replies to a client that has ended its side
 */
public record Traits(
    Mapping mapping,
    Framing framing,
    Duration job,
    int readSize,
    int clientsAtOnce,
    boolean oneRequestAtATime,
    boolean halfClose) {
  /** No limit was found. */
  public static final int ANY = Integer.MAX_VALUE;

  /** A longer job counts as this one. */
  public static final Duration LONGEST_JOB = Duration.ofSeconds(5);

  /** Nothing is known yet: what any server does with an ASCII letter at a time. */
  public static final Traits UNKNOWN =
      new Traits(Mapping.FULL, Framing.STREAM, Duration.ZERO, ANY, 1, true, true);

  Traits withMapping(Mapping found) {
    return new Traits(found, framing, job, readSize, clientsAtOnce, oneRequestAtATime, halfClose);
  }

  Traits withFraming(Framing found) {
    return new Traits(mapping, found, job, readSize, clientsAtOnce, oneRequestAtATime, halfClose);
  }

  Traits withJob(Duration found) {
    Duration counted = found.compareTo(LONGEST_JOB) > 0 ? LONGEST_JOB : found;
    return new Traits(
        mapping, framing, counted, readSize, clientsAtOnce, oneRequestAtATime, halfClose);
  }

  Traits withReadSize(int found) {
    return new Traits(mapping, framing, job, found, clientsAtOnce, oneRequestAtATime, halfClose);
  }

  Traits withClients(int found, boolean oneAtATime) {
    return new Traits(mapping, framing, job, readSize, found, oneAtATime, halfClose);
  }

  Traits withHalfClose(boolean found) {
    return new Traits(mapping, framing, job, readSize, clientsAtOnce, oneRequestAtATime, found);
  }

  /** The right reply to a text. */
  public String reply(String text) {
    String upper = mapping.upper(text);
    return framing == Framing.CRLF_LINE ? upper.replace("\n", "\r\n") : upper;
  }

  /** Whether a connected client that says nothing keeps a second one waiting. */
  public boolean oneClientAtATime() {
    return clientsAtOnce == 1;
  }

  /** How many clients it serves: {@code 5 at a time (a pool of 5)}. */
  public String clients() {
    if (oneClientAtATime()) {
      return "one at a time (iterative)";
    }
    if (clientsAtOnce != ANY) {
      return String.format(
          Locale.ROOT, "%d at a time (a pool of %d)", clientsAtOnce, clientsAtOnce);
    }
    return oneRequestAtATime ? "all, one request at a time" : "each at once";
  }

  /** Everything in one line. */
  public String sentence() {
    String sentence =
        String.format(
            Locale.ROOT,
            "characters: %s; replies: %s; time per request: %s%s; clients: %s",
            mapping.word(),
            framing.word(),
            Units.time(job),
            readSize == ANY ? "" : " per " + Units.plural(readSize, "byte"),
            clients());
    return framing == Framing.DATAGRAM
        ? sentence
        : sentence + "; half-close: " + (halfClose ? "replies" : "no reply");
  }
}
