package io.upper.server;

import io.netty.channel.Channel;
import io.upper.config.Protocol;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what a connection does and why it ends: for the log and the metrics at once, for the
 * access log when it is closed. Runs on the connection's event loop.
 */
final class ConnectionRecord {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRecord.class);
  private static final Pattern RESET = Pattern.compile("^(Connection reset|Broken pipe)");

  // A long connection is served by many; its line in the access log stays short.
  private static final int MAX_NODES = 4;
  private static final String MORE_NODES = "+";

  private static final Set<String> GRACEFUL_ENDS = Set.of("client closed", "drained");

  private final Session session;
  // Null without TLS.
  private final TlsSession tls;
  // Null without metrics.
  private final ServerMetrics.Loop metrics;
  private final long opened = System.nanoTime();
  // Null until first used: most connections are never named.
  private String client;
  private long requests;
  private long received;
  // Of the replies made, or if countsWritten of those that the kernel has taken.
  private long sent;
  private boolean countsWritten;
  private String end;
  private boolean unsent;
  // Null until a job node has served it, or if the access log is off.
  private Set<String> nodes;

  /**
   * @param tls null without TLS
   */
  ConnectionRecord(Session session, TlsSession tls) {
    ServerGroup group = session.group;
    this.session = session;
    this.tls = tls;
    this.metrics = group.metrics() == null ? null : group.metrics().loop(server());
    if (metrics != null && tls != null) {
      group.metrics().handshake(server(), tls.version(), tls.group());
    }
    // Netty keeps an IP address for later, but not the name of a Unix socket.
    if (!(channel().remoteAddress() instanceof InetSocketAddress)) {
      client();
    }
  }

  private Channel channel() {
    return session.socket().channelHandlerContext().channel();
  }

  private Protocol server() {
    return session.group.settings().protocol();
  }

  private String peer() {
    return Addresses.text(PeerAddress.of(session.socket(), session.group));
  }

  /** The client as logged: {@code tcp 127.0.0.1:40312}. */
  String client() {
    if (client == null) {
      client = server().word() + " " + peer();
    }
    return client;
  }

  /** The handshake is done: the connection is served from now on. */
  void opened() {
    if (metrics != null) {
      metrics.opened();
    }
    ServerEvents events = session.group.events();
    if (events != null) {
      events.opened(client());
    }
  }

  void received(int bytes) {
    requests++;
    received += bytes;
    if (metrics != null) {
      metrics.received(bytes);
    }
  }

  /** A reply was made. */
  void replied(int bytes) {
    if (!countsWritten) {
      sent += bytes;
    }
    if (metrics != null) {
      metrics.sent(bytes);
    }
  }

  /** A job node has served a request. */
  void servedBy(String node) {
    if (nodes == null && AccessLog.isEnabled()) {
      nodes = new LinkedHashSet<>();
    }
    if (nodes != null) {
      nodes.add(nodes.size() < MAX_NODES || nodes.contains(node) ? node : MORE_NODES);
    }
  }

  /** Counts the bytes that the kernel takes; null if the access log is off. */
  LongConsumer written() {
    countsWritten = AccessLog.isEnabled();
    return countsWritten ? bytes -> sent += bytes : null;
  }

  /** Records why the connection ends; the first reason wins. */
  void ends(String reason) {
    if (end == null) {
      end = reason;
    }
  }

  /** The work on a request failed. */
  void failed(Throwable cause) {
    ends("failed: " + logged(cause));
  }

  /** The connection itself failed. */
  void broken(Throwable cause) {
    String reason = logged(cause);
    ends(RESET.matcher(reason).find() ? "reset" : "failed: " + reason);
  }

  private String logged(Throwable cause) {
    String reason = Listeners.reason(cause);
    LOG.info("{} closed: {}", client(), reason);
    LOG.debug("{}", client(), cause);
    return reason;
  }

  /** The connection timed out: this overrides any earlier reason. */
  void idle() {
    LOG.info("{} closed: idle for too long", client());
    end = "idle";
  }

  /** Closing failed, since the socket was already reset or closed. */
  void gone(Throwable cause) {
    LOG.debug("{} is gone: {}", client(), Listeners.reason(cause));
  }

  /** The last reply could not be written, so the close was not orderly. */
  void unsent() {
    unsent = true;
  }

  /**
   * The socket is closed.
   *
   * @param reason why, unless another reason was recorded and all replies were written
   */
  void closed(String reason) {
    if (end == null || unsent && GRACEFUL_ENDS.contains(end)) {
      end = reason;
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} disconnected requests={}", client(), requests);
    }
    if (metrics != null) {
      metrics.closed();
    }
    ServerEvents events = session.group.events();
    if (events != null) {
      events.closed(client(), end);
    }
    if (AccessLog.isEnabled()) {
      AccessLog.closed(
          server(),
          peer(),
          requests,
          received,
          sent,
          System.nanoTime() - opened,
          end,
          tls,
          nodes == null ? null : String.join(",", nodes));
    }
  }
}
