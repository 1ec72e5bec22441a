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
 * Counts rejected connections and datagrams by reason, and logs them in at most one line per
 * second, so that a flood does not flood the log. Thread-safe.
 */
final class RejectionCounter {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionCounter.class);
  private static final long REPORT_MILLIS = 1_000;

  /** Why a connection or a datagram is rejected. */
  enum Reason implements Word {
    /** TCP and TLS: {@code maxConnections} are open. */
    MAX_CONNECTIONS,
    /** TCP and TLS: the TLS handshake, or the PROXY header, is wrong or late. */
    HANDSHAKE,
    /** No thread or process was free for it within {@code maxWaitMillis}. */
    MAX_WAIT,
    /** UDP: {@code maxPending} are in flight. */
    MAX_PENDING,
    /** UDP: its source is a port below 1024. */
    LOW_PORT,
    /** UDP: its source port is the server's own. */
    OWN_PORT,
    /** UDP: its source exceeds {@code ratePerSource}. */
    RATE,
    /** UDP: the reply does not fit into a datagram. */
    TOO_LONG,
    /** UDP: the reply is more than three times as long as the request. */
    AMPLIFIED,
    /** UDP: the system did not send the reply, or receiving failed. */
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
  private final AtomicBoolean reporting = new AtomicBoolean();

  /**
   * @param subject start of the log line: {@code udp datagram dropped}
   * @param metrics counts them too; may be null
   */
  RejectionCounter(Vertx vertx, String subject, Protocol server, ServerMetrics metrics) {
    this.vertx = vertx;
    this.subject = subject;
    this.server = server;
    this.metrics = metrics;
    Arrays.setAll(counts, i -> new LongAdder());
    if (metrics != null) {
      for (Reason reason : server == Protocol.UDP ? OF_DATAGRAMS : OF_STREAMS) {
        metrics.rejected(server, reason.word(), 0);
      }
    }
  }

  /**
   * Counts a rejection; called from any thread.
   *
   * @param detail text of the log line, used only if this rejection is logged
   */
  void count(Reason reason, Supplier<String> detail) {
    counts[reason.ordinal()].increment();
    if (metrics != null) {
      metrics.rejected(server, reason.word(), 1);
    }
    if (!reporting.get() && reporting.compareAndSet(false, true)) {
      LOG.warn("{}: {} ({} so far)", subject, detail.get(), count(reason));
      reportLater(now());
    }
  }

  long count(Reason reason) {
    return counts[reason.ordinal()].sum();
  }

  private long[] now() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  private void reportLater(long[] reported) {
    vertx.setTimer(REPORT_MILLIS, id -> reportSince(reported));
  }

  private void reportSince(long[] reported) {
    long[] now = now();
    if (Arrays.equals(now, reported)) {
      reporting.set(false);
      return;
    }
    LOG.warn(
        "{}: {}",
        subject,
        Arrays.stream(Reason.values())
            .filter(reason -> now[reason.ordinal()] > reported[reason.ordinal()])
            .map(
                reason ->
                    String.format(
                        Locale.ROOT,
                        "%d more for %s (%d so far)",
                        now[reason.ordinal()] - reported[reason.ordinal()],
                        reason.word(),
                        now[reason.ordinal()]))
            .collect(Collectors.joining(", ")));
    reportLater(now);
  }
}
