package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The socket that the instances of a stream server accept connections from. It sees that none is
 * lost when an instance leaves. Its state lives on the event loop that accepts.
 *
 * <p>Vert.x hands an accepted connection over to the event loop of an instance, and closes it when
 * that instance has left meanwhile. So what waits is accepted first, then accepting pauses until
 * the event loop has taken over what it was handed, and the instance has left:
 *
 * <pre>
 *   accepting loop   accept what waits    pause -----------------+        +--> resume
 *   instance's loop                         take over connections +--leave-+
 * </pre>
 *
 * <p>Connections that come while accepting pauses wait in the kernel, but when the last instance
 * leaves, the socket is closed and the kernel resets them. So before that none may begin, see
 * {@link SynFilter}; where that is not possible, those of a few milliseconds are lost.
 */
final class ListeningSocket {
  private static final AttributeKey<ListeningSocket> KEY = AttributeKey.valueOf("upper.listening");

  /** How long nothing has to come until all counts as accepted, and how often that is tried. */
  private enum Patience {
    /** Others come all the time. */
    OPEN(2, 100),
    /** No other comes, but handshakes that have begun may take a round trip. */
    SHUT(50, 10);

    private final long quietMillis;
    private final int rounds;

    Patience(long quietMillis, int rounds) {
      this.quietMillis = quietMillis;
      this.rounds = rounds;
    }
  }

  private final Channel channel;
  private final EventLoop accepting;
  private int instances;
  private int pauses;

  private ListeningSocket(Channel channel) {
    this.channel = channel;
    this.accepting = channel.eventLoop();
  }

  /**
   * The socket of a server that listens; that of all the instances that share its port. Empty when
   * Vert.x hides its channel.
   */
  static Optional<ListeningSocket> of(NetServer server) {
    return Optional.ofNullable(ListeningChannel.of(server)).map(ListeningSocket::of);
  }

  static ListeningSocket of(Channel channel) {
    ListeningSocket created = new ListeningSocket(channel);
    ListeningSocket known = channel.attr(KEY).setIfAbsent(created);
    return known == null ? created : known;
  }

  /** One instance more accepts connections from it; called on the event loop that accepts. */
  void join() {
    instances++;
  }

  /** An instance that has joined does not serve after all. Thread-safe. */
  void forget() {
    accepting.execute(() -> instances--);
  }

  /** Accepts no more until {@link #resume}; called on the event loop that accepts. */
  void pause() {
    countPauses(1);
  }

  /** One {@link #pause} is over. Thread-safe. */
  void resume() {
    accepting.execute(() -> countPauses(-1));
  }

  /** Completes when the socket is closed, after the last instance has left. */
  Future<Void> closed() {
    Promise<Void> closed = Promise.promise();
    channel.closeFuture().addListener(done -> closed.complete());
    return closed.future();
  }

  /**
   * Has an instance leave.
   *
   * @param instance its context
   * @param leaving has Vert.x hand no more connections over to it; called on that event loop
   * @return what {@code leaving} returns
   */
  Future<Void> leave(ContextInternal instance, Supplier<Future<Void>> leaving) {
    Promise<Void> left = instance.promise();
    accepting.execute(
        () -> {
          Round round = new Round();
          channel.pipeline().addFirst(round);
          boolean shut = --instances == 0 && SynFilter.on(channel);
          Patience patience = shut ? Patience.SHUT : Patience.OPEN;
          acceptOn(
              round,
              patience,
              patience.rounds,
              () -> pause(instance.nettyEventLoop(), leaving, left));
        });
    return left.future();
  }

  /** Goes on until nothing was accepted for a round. */
  private void acceptOn(Round round, Patience patience, int rounds, Runnable then) {
    round.accepted = false;
    accepting.schedule(
        () -> {
          // While accepting pauses, that nothing was accepted tells nothing.
          if ((round.accepted || pauses > 0) && rounds > 1) {
            acceptOn(round, patience, rounds - 1, then);
          } else {
            channel.pipeline().remove(round);
            then.run();
          }
        },
        patience.quietMillis,
        TimeUnit.MILLISECONDS);
  }

  private void pause(EventLoop instance, Supplier<Future<Void>> leaving, Promise<Void> left) {
    countPauses(1);
    instance.execute(
        () -> {
          Future<Void> leaves = leaving.get();
          // Before it is told: then the event loops may end.
          accepting.execute(() -> countPauses(-1));
          leaves.onComplete(left);
        });
  }

  private void countPauses(int change) {
    pauses += change;
    channel.config().setAutoRead(pauses == 0);
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
