package io.upper.server;

import io.upper.config.Protocol;
import io.upper.text.Word;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a server turns away, by reason, and tells of it in at most one line of the log a
 * second: a flood must not become a flood of lines. Thread-safe.
 */
final class RejectionCounter {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionCounter.class);
  private static final long PAUSE_MILLIS = 1_000;

  /** Why a connection or a datagram is turned away. */
  enum Reason implements Word {
    /** TCP and TLS: {@code maxConnections} are open. */
    MAX_CONNECTIONS,
    /** TCP and TLS: the TLS handshake, or the PROXY header, is wrong or late. */
    HANDSHAKE,
    /** No thread or process has had time for it within {@code maxWaitMillis}. */
    MAX_WAIT,
    /** UDP: {@code maxPending} are at work. */
    MAX_PENDING,
    /** UDP: its source is a port below 1024. */
    LOW_PORT,
    /** UDP: its source is the port that the server itself has. */
    OWN_PORT,
    /** UDP: its source has sent more than {@code ratePerSource}. */
    RATE,
    /** UDP: the reply does not fit into a datagram. */
    TOO_LONG,
    /** UDP: the reply is more than three times as long as the request. */
    AMPLIFIED,
    /** UDP: the system did not take the reply, or gave an error in place of a datagram. */
    UNSENT
  }

  private static final Set<Reason> OF_STREAMS =
      EnumSet.of(Reason.MAX_CONNECTIONS, Reason.HANDSHAKE, Reason.MAX_WAIT);
  private static final Set<Reason> OF_DATAGRAMS =
      EnumSet.complementOf(EnumSet.of(Reason.MAX_CONNECTIONS, Reason.HANDSHAKE));

  private final Vertx vertx;
  private final String subject;
  private final Protocol server;
  private final ServerMetrics metrics;
  private final LongAdder[] counts = new LongAdder[Reason.values().length];
  private final AtomicBoolean telling = new AtomicBoolean();

  /**
   * @param subject how a line begins: {@code udp datagram dropped}
   * @param metrics are told, too; null for none
   */
  RejectionCounter(Vertx vertx, String subject, Protocol server, ServerMetrics metrics) {
    this.vertx = vertx;
    this.subject = subject;
    this.server = server;
    this.metrics = metrics;
    Arrays.setAll(counts, i -> new LongAdder());
    if (metrics != null) {
      for (Reason reason : server == Protocol.UDP ? OF_DATAGRAMS : OF_STREAMS) {
        metrics.turnedAway(server, reason.word(), 0);
      }
    }
  }

  /**
   * One more; from any thread.
   *
   * @param detail what the line says, if it is this one that makes the line
   */
  void count(Reason reason, Supplier<String> detail) {
    counts[reason.ordinal()].increment();
    if (metrics != null) {
      metrics.turnedAway(server, reason.word(), 1);
    }
    if (!telling.get() && telling.compareAndSet(false, true)) {
      LOG.warn("{}: {} ({} so far)", subject, detail.get(), count(reason));
      tellLater(now());
    }
  }

  /** How many there were. */
  long count(Reason reason) {
    return counts[reason.ordinal()].sum();
  }

  private long[] now() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  private void tellLater(long[] told) {
    vertx.setTimer(PAUSE_MILLIS, id -> tellSince(told));
  }

  private void tellSince(long[] told) {
    long[] now = now();
    if (Arrays.equals(now, told)) {
      telling.set(false);
      return;
    }
    LOG.warn(
        "{}: {}",
        subject,
        Arrays.stream(Reason.values())
            .filter(reason -> now[reason.ordinal()] > told[reason.ordinal()])
            .map(
                reason ->
                    String.format(
                        Locale.ROOT,
                        "%d more for %s (%d so far)",
                        now[reason.ordinal()] - told[reason.ordinal()],
                        reason.word(),
                        now[reason.ordinal()]))
            .collect(Collectors.joining(", ")));
    tellLater(now);
  }
}
