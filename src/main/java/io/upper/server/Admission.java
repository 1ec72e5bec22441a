package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * How many connections or datagrams a server takes, over all its instances, and the count of those
 * it does not. Thread-safe.
 */
final class Admission {
  private final Supplier<ServerSettings> settings;
  private final boolean datagrams;
  private final ServerMetrics metrics;
  private final RejectionCounter drops;
  private final AtomicInteger conversations = new AtomicInteger();
  private volatile SourceRates rates;

  /**
   * @param settings those in force
   * @param metrics null for none
   */
  Admission(Vertx vertx, Supplier<ServerSettings> settings, ServerMetrics metrics) {
    Protocol protocol = settings.get().protocol();
    this.settings = settings;
    this.datagrams = protocol == Protocol.UDP;
    this.metrics = metrics;
    this.drops =
        new RejectionCounter(
            vertx,
            protocol.word() + (datagrams ? " datagram dropped" : " connection refused"),
            protocol,
            metrics);
    this.rates = rates(settings.get());
  }

  private static SourceRates rates(ServerSettings settings) {
    return settings.ratePerSource() == 0
        ? null
        : new SourceRates(settings.ratePerSource(), settings.burstPerSource(), System.nanoTime());
  }

  /** Other settings will be in force: another rate begins with full buckets. */
  void change(ServerSettings before, ServerSettings next) {
    if (next.ratePerSource() != before.ratePerSource()
        || next.burstPerSource() != before.burstPerSource()) {
      rates = rates(next);
    }
  }

  /** Takes a place for a connection or a datagram, if there is one; else that is counted. */
  boolean admit() {
    int max = settings.get().maxConversations();
    if (conversations.incrementAndGet() <= max) {
      return true;
    }
    conversations.decrementAndGet();
    drops.count(
        datagrams ? RejectionCounter.Reason.MAX_PENDING : RejectionCounter.Reason.MAX_CONNECTIONS,
        () -> "more than " + max + (datagrams ? " are pending" : " are open"));
    return false;
  }

  /** One that was admitted is over. */
  void release() {
    conversations.decrementAndGet();
  }

  /** Takes a token of a datagram's source. */
  boolean mayAsk(InetAddress source) {
    SourceRates rates = this.rates;
    return rates == null || rates.admits(source, System.nanoTime());
  }

  /** Counts a connection or a datagram that was given up: it waits for {@code maxWaitMillis}. */
  void givenUp(String client) {
    drops.count(
        RejectionCounter.Reason.MAX_WAIT,
        () ->
            String.format(
                Locale.ROOT, "%s has waited for %d ms", client, settings.get().maxWaitMillis()));
  }

  /** Counts a connection that was closed before it was served, by no fault of the server's. */
  void handshakeFailed(HandshakeFailure.Reason reason, Supplier<String> detail) {
    if (metrics != null) {
      metrics.handshakeFailed(settings.get().protocol(), reason.word(), 1);
    }
    drops.count(RejectionCounter.Reason.HANDSHAKE, detail);
  }

  /** What was turned away, counted. */
  RejectionCounter drops() {
    return drops;
  }
}
