package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.upper.net.FileDescriptors;
import io.upper.net.Listeners;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in the pipeline of a stream server's listening socket, ahead of Vert.x. A connection takes a
 * slot when it is accepted and releases it when it is closed, so connections in their handshake
 * count too. While the system has no resources for another connection, it pauses accepting, and
 * connections wait in the backlog. Runs on the accepting event loop.
 */
final class AdmissionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionHandler.class);
  private static final String NAME = "admission";

  // One for all connections; what it learns of each is apart from it.
  private static final RecvByteBufAllocator RECEIVE_BUFFERS = new ReceiveBuffers();

  private static final long BACK_OFF_MILLIS = 100;
  private static final long WARN_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  // The group of the latest server to share this socket.
  private ServerGroup group;
  private boolean backingOff;
  private boolean warned;
  private long warnedAt;

  private AdmissionHandler(ServerGroup group) {
    this.group = group;
  }

  /**
   * Adds the handler to a listening server; instances that share a socket share the handler.
   *
   * @return completes on {@code context} when the handler is in the pipeline
   */
  static Future<Void> enable(NetServer server, ServerGroup group, Context context) {
    Channel listening = ListeningChannel.of(server);
    if (listening == null) {
      return Future.succeededFuture();
    }
    Promise<Void> enabled = ((ContextInternal) context).promise();
    // Added from another thread it would see nothing until this event loop ran the task.
    listening
        .eventLoop()
        .execute(
            () -> {
              ListeningSocket socket = ListeningSocket.of(listening);
              socket.join();
              if (listening.pipeline().get(NAME) instanceof AdmissionHandler known) {
                known.group = group; // Another server may take over the socket.
              } else {
                listening.pipeline().addFirst(NAME, new AdmissionHandler(group));
                acceptOnceOpen(socket, group);
              }
              enabled.complete();
            });
    return enabled.future();
  }

  /** It may be paused already, see {@link ListeningPause}. */
  private static void acceptOnceOpen(ListeningSocket socket, ServerGroup group) {
    socket.pause();
    group.opened().onComplete(v -> socket.resume());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel connection = (Channel) message;
    if (admit(connection, group)) {
      connection.config().setRecvByteBufAllocator(RECEIVE_BUFFERS);
      HandshakeTimeout.watch(connection, group);
      context.fireChannelRead(connection);
      if (!FileDescriptors.mayAccept()) {
        backOff(context, FileDescriptors.shortage());
      }
    }
  }

  /** Gives a connection a slot until it is closed; closes it at once if none is free. */
  static boolean admit(Channel connection, ServerGroup group) {
    if (group.admission().admit()) {
      connection.closeFuture().addListener(group.admission().releaseAtClose());
      return true;
    }
    if (AccessLog.isEnabled()) {
      AccessLog.refused(group.settings().protocol(), PeerAddress.of(connection, group));
    }
    connection.unsafe().closeForcibly();
    return false;
  }

  /** Usually the process is out of descriptors or memory: to accept at once would fail again. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    backOff(context, Listeners.reason(cause));
  }

  private void backOff(ChannelHandlerContext context, String reason) {
    if (backingOff) {
      return;
    }
    backingOff = true;
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
                backingOff = false;
                socket.resume();
              } else if (context.channel().isOpen()) {
                resumeLater(context, socket);
              }
            },
            BACK_OFF_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void warn(String reason) {
    long now = System.nanoTime();
    if (!warned || now - warnedAt > WARN_AGAIN_NANOS) {
      warned = true;
      warnedAt = now;
      LOG.warn(
          "{} cannot accept connections, so they wait: {}",
          group.settings().protocol().word(),
          reason);
    }
  }
}
