package io.upper.server;

import io.netty.channel.ChannelFutureListener;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Limits the connections or datagrams of a server, over all its instances, and counts the rejected
 * ones. Thread-safe.
 */
final class Admission {
  private final Supplier<ServerSettings> settings;
  private final boolean datagrams;
  private final ServerMetrics metrics;
  private final RejectionCounter rejections;
  private final AtomicInteger conversations = new AtomicInteger();
  // One for all connections.
  private final ChannelFutureListener releaseAtClose = closed -> release();
  private volatile SourceRates rates;

  /**
   * @param settings supplies the current settings
   * @param metrics may be null
   */
  Admission(Vertx vertx, Supplier<ServerSettings> settings, ServerMetrics metrics) {
    Protocol protocol = settings.get().protocol();
    this.settings = settings;
    this.datagrams = protocol == Protocol.UDP;
    this.metrics = metrics;
    this.rejections =
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

  /** Adopts new settings; a changed rate starts with full buckets. */
  void change(ServerSettings before, ServerSettings next) {
    if (next.ratePerSource() != before.ratePerSource()
        || next.burstPerSource() != before.burstPerSource()) {
      rates = rates(next);
    }
  }

  /** Takes a slot for a connection or a datagram; counts a rejection if none is free. */
  boolean admit() {
    int max = settings.get().maxConversations();
    if (conversations.incrementAndGet() <= max) {
      return true;
    }
    conversations.decrementAndGet();
    rejections.count(
        datagrams ? RejectionCounter.Reason.MAX_PENDING : RejectionCounter.Reason.MAX_CONNECTIONS,
        () -> "more than " + max + (datagrams ? " are pending" : " are open"));
    return false;
  }

  /** Releases the slot of a connection or datagram that was admitted. */
  void release() {
    conversations.decrementAndGet();
  }

  /** Releases the slot of the connection to whose close it listens. */
  ChannelFutureListener releaseAtClose() {
    return releaseAtClose;
  }

  /** Takes a token from the bucket of a datagram's source; false if it is empty. */
  boolean takeToken(InetAddress source) {
    SourceRates rates = this.rates;
    return rates == null || rates.admits(source, System.nanoTime());
  }

  /** Counts a connection or a datagram that was given up after {@code maxWaitMillis}. */
  void givenUp(String client) {
    rejections.count(
        RejectionCounter.Reason.MAX_WAIT,
        () ->
            String.format(
                Locale.ROOT, "%s has waited for %d ms", client, settings.get().maxWaitMillis()));
  }

  /** Counts a connection that failed before it was served. */
  void handshakeFailed(HandshakeFailure.Reason reason, Supplier<String> detail) {
    if (metrics != null) {
      metrics.handshakeFailed(settings.get().protocol(), reason.word(), 1);
    }
    rejections.count(RejectionCounter.Reason.HANDSHAKE, detail);
  }

  RejectionCounter rejections() {
    return rejections;
  }
}
