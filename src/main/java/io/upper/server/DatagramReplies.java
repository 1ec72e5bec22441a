package io.upper.server;

import static io.upper.server.RejectionCounter.Reason.AMPLIFIED;
import static io.upper.server.RejectionCounter.Reason.TOO_LONG;
import static io.upper.server.RejectionCounter.Reason.UNSENT;

import io.netty.channel.socket.DatagramPacket;
import io.upper.net.Listeners;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Sends the replies that are allowed, and counts the others. Runs on one event loop. */
final class DatagramReplies {
  /** Maximum length of a reply, as a multiple of its request. */
  static final int MAX_GROWTH = 3;

  private final RejectionCounter rejections;
  // Null without metrics.
  private final ServerMetrics.Loop metrics;

  DatagramReplies(RejectionCounter rejections, ServerMetrics.Loop metrics) {
    this.rejections = rejections;
    this.metrics = metrics;
  }

  /** Sends a reply from the socket that received its request, and releases it. */
  void send(DatagramExchange exchange, DatagramPacket reply) {
    int length = reply.content().readableBytes();
    if (length > UdpChannel.MAX_PAYLOAD) {
      reply.release();
      rejections.count(TOO_LONG, () -> "a reply of " + length + " bytes does not fit");
    } else if (length > MAX_GROWTH * exchange.requestLength()) {
      reply.release();
      rejections.count(
          AMPLIFIED,
          () ->
              String.format(
                  Locale.ROOT,
                  "a reply of %d bytes to a request of %d",
                  length,
                  exchange.requestLength()));
    } else if (length == 0) {
      reply.release();
      sendEmpty(exchange.channel(), reply.recipient());
    } else {
      if (metrics != null) {
        metrics.sent(length);
      }
      exchange.channel().send(reply);
    }
  }

  private void sendEmpty(UdpChannel channel, InetSocketAddress to) {
    try {
      channel.sendEmpty(to);
    } catch (IOException e) {
      unsent(e);
    }
  }

  /** Counts a failure to send a reply or to receive. */
  void unsent(Throwable cause) {
    rejections.count(UNSENT, () -> Listeners.reason(cause));
  }
}
