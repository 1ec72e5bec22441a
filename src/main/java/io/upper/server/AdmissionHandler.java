package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.upper.net.FileDescriptors;
import io.upper.net.Listeners;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the listening socket of a stream server, before Vert.x: a connection takes its place
 * when it is accepted and leaves it when it is closed, so those that never finish their handshake
 * count, too. It also has accepting rest while the system has no resources for another connection:
 * then connections wait in the backlog. Lives on the event loop that accepts.
 */
final class AdmissionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionHandler.class);
  private static final String NAME = "acceptor";

  private static final long REST_MILLIS = 100;
  private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  // Of the server that shares the socket since last.
  private ServerGroup group;
  private boolean resting;
  private boolean told;
  private long toldAt;

  private AdmissionHandler(ServerGroup group) {
    this.group = group;
  }

  /**
   * Puts one in front of a server that listens; instances that share a socket share it, too.
   *
   * @return completes when it is in its place, on {@code context}
   */
  static Future<Void> enable(NetServer server, ServerGroup group, Context context) {
    Channel listening = ListeningChannel.of(server);
    if (listening == null) {
      return Future.succeededFuture();
    }
    Promise<Void> enabled = ((ContextInternal) context).promise();
    // Added by another thread, it would be passed over until this one has had its turn.
    listening
        .eventLoop()
        .execute(
            () -> {
              ListeningSocket socket = ListeningSocket.of(listening);
              socket.join();
              if (listening.pipeline().get(NAME) instanceof AdmissionHandler known) {
                known.group = group; // Another server may take the socket over.
              } else {
                listening.pipeline().addFirst(NAME, new AdmissionHandler(group));
                pauseUntilOpen(socket, group);
              }
              enabled.complete();
            });
    return enabled.future();
  }

  private static void pauseUntilOpen(ListeningSocket socket, ServerGroup group) {
    if (!group.opened().isComplete()) {
      socket.pause();
      group.opened().onComplete(v -> socket.resume());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel connection = (Channel) message;
    if (admit(connection, group)) {
      HandshakeTimeout.watch(connection, group);
      context.fireChannelRead(connection);
      if (!FileDescriptors.mayAccept()) {
        rest(context, FileDescriptors.shortage());
      }
    }
  }

  /** Gives a connection a place until it is closed; without a free one it is closed now. */
  static boolean admit(Channel connection, ServerGroup group) {
    if (group.admission().admit()) {
      connection.closeFuture().addListener(closed -> group.admission().release());
      return true;
    }
    if (AccessLog.isEnabled()) {
      AccessLog.refused(
          group.settings().protocol(), (InetSocketAddress) connection.remoteAddress());
    }
    connection.unsafe().closeForcibly();
    return false;
  }

  /** Out of descriptors or memory, mostly: what cannot be accepted now would fail on and on. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    rest(context, Listeners.reason(cause));
  }

  private void rest(ChannelHandlerContext context, String reason) {
    if (resting) {
      return;
    }
    resting = true;
    warn(reason);
    ListeningSocket socket = ListeningSocket.of(context.channel());
    socket.pause();
    resumeLater(context, socket);
  }

  private void resumeLater(ChannelHandlerContext context, ListeningSocket socket) {
    context
        .executor()
        .schedule(
            () -> {
              if (FileDescriptors.mayAccept()) {
                resting = false;
                socket.resume();
              } else if (context.channel().isOpen()) {
                resumeLater(context, socket);
              }
            },
            REST_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void warn(String reason) {
    long now = System.nanoTime();
    if (!told || now - toldAt > TELL_AGAIN_NANOS) {
      told = true;
      toldAt = now;
      LOG.warn(
          "{} cannot accept connections, so they wait: {}",
          group.settings().protocol().word(),
          reason);
    }
  }
}
