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
 * The listening socket that the instances of a stream server share. No connection is lost when an
 * instance leaves. Its state belongs to the accepting event loop.
 *
 * <p>Vert.x passes an accepted connection to the event loop of an instance, and closes it if that
 * instance has left meanwhile. So the backlog is accepted first; then accepting pauses until the
 * instance's event loop has taken over its connections, and the instance has left:
 *
 * <pre>
 *   accepting loop   accept the backlog    pause -----------------+        +--> resume
 *   instance's loop                         take over connections +--leave-+
 * </pre>
 *
 * <p>Connections that arrive during the pause wait in the backlog, but when the last instance
 * leaves, the socket is closed and the kernel resets them. So new connections are blocked first,
 * see {@link SynFilter}, and with a path its {@link SocketFile} is removed; where that is not
 * possible, connections that arrive in those few milliseconds are lost.
 */
final class ListeningSocket {
  private static final AttributeKey<ListeningSocket> KEY = AttributeKey.valueOf("upper.listening");

  /** Quiet period after which the accept queue counts as empty, and how often it is tried. */
  private enum AcceptWait {
    /** New connections keep arriving. */
    OPEN(2, 100),
    /** New clients are kept away, but handshakes in progress may take a round trip. */
    SHUT(50, 10);

    private final long quietMillis;
    private final int rounds;

    AcceptWait(long quietMillis, int rounds) {
      this.quietMillis = quietMillis;
      this.rounds = rounds;
    }
  }

  private final Channel channel;
  private final EventLoop accepting;
  // Null without a path.
  private volatile SocketFile file;
  private int instances;
  private int pauses;

  private ListeningSocket(Channel channel) {
    this.channel = channel;
    this.accepting = channel.eventLoop();
  }

  /**
   * The socket of a listening server, shared by all instances on its port. Empty if Vert.x hides
   * its channel.
   */
  static Optional<ListeningSocket> of(NetServer server) {
    return Optional.ofNullable(ListeningChannel.of(server)).map(ListeningSocket::of);
  }

  static ListeningSocket of(Channel channel) {
    ListeningSocket created = new ListeningSocket(channel);
    ListeningSocket known = channel.attr(KEY).setIfAbsent(created);
    return known == null ? created : known;
  }

  /** Names the file of a Unix socket. Thread-safe. */
  void isAt(SocketFile file) {
    this.file = file;
  }

  /** Adds an instance; called on the accepting event loop. */
  void join() {
    instances++;
  }

  /** Removes an instance that does not serve after all. Thread-safe. */
  void cancelJoin() {
    accepting.execute(() -> instances--);
  }

  /** Pauses accepting until {@link #resume}; called on the accepting event loop. */
  void pause() {
    countPauses(1);
  }

  /** Ends one {@link #pause}. Thread-safe. */
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
   * Removes an instance without losing connections.
   *
   * @param instance its context
   * @param leaving makes Vert.x pass it no more connections; called on that event loop
   * @return what {@code leaving} returns
   */
  Future<Void> leave(ContextInternal instance, Supplier<Future<Void>> leaving) {
    Promise<Void> left = instance.promise();
    accepting.execute(
        () -> {
          AcceptRound round = new AcceptRound();
          channel.pipeline().addFirst(round);
          Runnable then = () -> pause(instance.nettyEventLoop(), leaving, left);
          if (--instances > 0) {
            acceptUntilQuiet(round, AcceptWait.OPEN, then);
          } else if (file == null) {
            acceptUntilQuiet(
                round, SynFilter.on(channel) ? AcceptWait.SHUT : AcceptWait.OPEN, then);
          } else {
            instance
                .executeBlocking(file::remove)
                .onComplete(
                    v -> accepting.execute(() -> acceptUntilQuiet(round, AcceptWait.SHUT, then)));
          }
        });
    return left.future();
  }

  private void acceptUntilQuiet(AcceptRound round, AcceptWait wait, Runnable then) {
    acceptUntilQuiet(round, wait, wait.rounds, then);
  }

  /** Repeats until a round accepts nothing. */
  private void acceptUntilQuiet(AcceptRound round, AcceptWait wait, int rounds, Runnable then) {
    round.accepted = false;
    accepting.schedule(
        () -> {
          // A round in which accepting pauses proves nothing.
          if ((round.accepted || pauses > 0) && rounds > 1) {
            acceptUntilQuiet(round, wait, rounds - 1, then);
          } else {
            channel.pipeline().remove(round);
            then.run();
          }
        },
        wait.quietMillis,
        TimeUnit.MILLISECONDS);
  }

  private void pause(EventLoop instance, Supplier<Future<Void>> leaving, Promise<Void> left) {
    countPauses(1);
    instance.execute(
        () -> {
          Future<Void> leaves = leaving.get();
          // Before completing: afterwards the event loops may be gone.
          accepting.execute(() -> countPauses(-1));
          leaves.onComplete(left);
        });
  }

  private void countPauses(int change) {
    pauses += change;
    channel.config().setAutoRead(pauses == 0);
  }

  /** Records whether a connection was accepted. */
  private static final class AcceptRound extends ChannelInboundHandlerAdapter {
    private boolean accepted;

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
      accepted = true;
      context.fireChannelRead(connection);
    }
  }
}
