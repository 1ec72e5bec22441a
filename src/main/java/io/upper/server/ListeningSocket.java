package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.net.NetServer;
import java.util.concurrent.TimeUnit;

/**
 * The socket that the instances of a stream server accept connections from. It sees that none is
 * lost when an instance leaves.
 *
 * <p>Vert.x hands an accepted connection over to the event loop of an instance, and closes it when
 * that instance has left meanwhile. So what waits is accepted first, then accepting pauses until
 * the event loop has taken over what it was handed, and the instance has left:
 *
 * <pre>
 *   accepting loop   accept what waits    pause -----------------+        +--> resume
 *   instance's loop                         take over connections +--leave-+
 * </pre>
 */
final class ListeningSocket {
  // Connections that come while accepting pauses wait in the kernel, unless the last one leaves.
  private static final AttributeKey<Integer> PAUSES = AttributeKey.valueOf("upper.pauses");
  private static final long ROUND_MILLIS = 2;
  private static final int MAX_ROUNDS = 100;

  private final Channel channel;
  private final EventLoop accepting;

  private ListeningSocket(Channel channel) {
    this.channel = channel;
    this.accepting = channel.eventLoop();
  }

  /** The socket of a server that listens; that of all the instances that share its port. */
  static ListeningSocket of(NetServer server) {
    return new ListeningSocket(Acceptor.listeningChannel(server));
  }

  /**
   * Has an instance leave.
   *
   * @param instance its event loop
   * @param leaving has Vert.x hand no more connections over to it; runs on that event loop
   */
  void leave(EventLoop instance, Runnable leaving) {
    accepting.execute(
        () -> {
          Round round = new Round();
          channel.pipeline().addFirst(round);
          accepting.schedule(
              () -> acceptOn(round, MAX_ROUNDS, () -> pause(instance, leaving)),
              ROUND_MILLIS,
              TimeUnit.MILLISECONDS);
        });
  }

  /** Goes on until nothing was accepted for a round. */
  private void acceptOn(Round round, int rounds, Runnable then) {
    if (round.accepted && rounds > 1) {
      round.accepted = false;
      accepting.schedule(
          () -> acceptOn(round, rounds - 1, then), ROUND_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.pipeline().remove(round);
      then.run();
    }
  }

  private void pause(EventLoop instance, Runnable leaving) {
    count(1);
    instance.execute(
        () -> {
          leaving.run();
          accepting.execute(() -> count(-1));
        });
  }

  private void count(int change) {
    Attribute<Integer> pauses = channel.attr(PAUSES);
    int before = pauses.get() == null ? 0 : pauses.get();
    pauses.set(before + change);
    channel.config().setAutoRead(before + change == 0);
  }

  /** Notes whether a connection was accepted. */
  private static final class Round extends ChannelInboundHandlerAdapter {
    private boolean accepted;

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
      accepted = true;
      context.fireChannelRead(connection);
    }
  }
}
