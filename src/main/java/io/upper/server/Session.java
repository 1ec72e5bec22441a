package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * One connection of a stream protocol: keeps the replies in order, its memory bounded, and its end
 * clean. Lives on the connection's event loop alone; {@link SessionState} draws its life.
 *
 * <p>One request is in flight at a time: while it is, or while the peer does not read its replies,
 * nothing more is read. This is its way:
 *
 * <pre>
 *   received -> serve -> the model's RequestHandler.request +-> reply -> ReplyWriter.write
 *                                                           +-> next  -> flow: reads on
 * </pre>
 */
final class Session extends ServerConversation {
  private final NetSocketInternal socket;
  private final SocketClose close;
  private final ConnectionRecord record;
  private final IdleSweep sweep;
  private final IdleClock clock = new IdleClock();
  private final ModelInUse model;
  private ReplyWriter replies;
  // Null until the server stops.
  private Drain drain;

  private SessionState state = SessionState.OPEN;
  private boolean inFlight;
  private boolean paused;

  /** Serves a connection that {@code group} has admitted; called on its event loop. */
  Session(NetSocketInternal socket, Context context, ServerGroup group, IdleSweep sweep) {
    super(group, context);
    this.socket = socket;
    this.record = new ConnectionRecord(group, socket.remoteAddress());
    this.close = new SocketClose(this, socket, record);
    this.sweep = sweep;
    this.model = group.model().enter();
  }

  /** Starts reading. */
  void start() {
    HalfClose.enable(socket);
    EmptyRecords.limit(socket.channelHandlerContext().channel());
    replies = ReplyWriter.enable(socket, context(), this::flow, record.written());
    socket
        .messageHandler(this::received)
        .shutdownHandler(this::drain)
        .exceptionHandler(this::broken)
        .closeHandler(v -> closed());
    record.opened();
    sweep.add(this);
    try {
      handleBy(model.model());
    } catch (Throwable e) {
      broken(e);
    }
  }

  /**
   * The only place where the state changes. An illegal change is a bug: it costs the connection.
   */
  void become(SessionState next) {
    if (!state.leadsTo(next)) {
      RuntimeException bug = new IllegalStateException(state + " does not lead to " + next);
      record.failed(bug);
      close.cut();
      throw bug;
    }
    state = next;
    if (drain != null && !next.expectsRequests()) {
      drain.cancel();
    }
  }

  private void received(Object message) {
    if (message == HalfClose.END_OF_INPUT) {
      close.peerHasEnded();
      end("client closed");
    } else if (message instanceof ByteBuf request && state.expectsRequests()) {
      serve(request);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void serve(ByteBuf request) {
    arrives();
    clock.moved();
    record.received(request.readableBytes());
    inFlight = true;
    try {
      boolean inPlace = model.model().answersWithinCall(job());
      handler().request(replies.handOver(request, inPlace));
    } catch (Throwable e) {
      fail(e);
    } finally {
      replies.handedOver();
    }
    if (inFlight) {
      flow();
    }
  }

  @Override
  public void reply(ByteBuffer bytes) {
    if (state.expectsReplies() && bytes.hasRemaining()) {
      clock.moved();
      record.replied(bytes.remaining());
      replies.write(bytes);
    }
  }

  @Override
  public void next() {
    inFlight = false;
    if (state == SessionState.LAST_CALL) {
      end("drained");
      return;
    }
    flow();
    if (state == SessionState.DRAINING) {
      drain.awaitQuiet();
    }
  }

  /** Back pressure: reads exactly when a request could be taken. */
  private void flow() {
    boolean pause = inFlight || replies.areFull();
    if (pause != paused && state.expectsReplies()) {
      paused = pause;
      // Of itself a paused socket reads on, up to 16 times 64 KiB.
      socket.channelHandlerContext().channel().config().setAutoRead(!pause);
      if (pause) {
        socket.pause();
      } else {
        clock.moved();
        socket.resume();
      }
    }
  }

  @Override
  public Future<Void> sent() {
    return state.expectsReplies() ? replies.sent() : Future.succeededFuture();
  }

  /** No more requests: the client has ended (half-close), or the server does. */
  void end(String reason) {
    record.ends(reason);
    if (state.expectsRequests()) {
      become(SessionState.ENDING);
      try {
        handler().end();
      } catch (Throwable e) {
        fail(e);
      }
    }
  }

  @Override
  public void finish() {
    if (state.expectsReplies()) {
      become(SessionState.CLOSING);
      close.afterLastReply(replies.sent());
    }
  }

  @Override
  public void fail(Throwable cause) {
    if (state.expectsReplies()) {
      record.failed(cause);
      become(SessionState.CLOSING);
      close.orderly();
    }
  }

  /** The connection itself failed, or got no handler: there is nothing to wait for. */
  private void broken(Throwable cause) {
    if (state.expectsReplies()) {
      record.broken(cause);
      become(SessionState.CLOSING);
      close.afterWrites();
    }
  }

  /** The server stops: what the client has sent by now is still answered. */
  void drain(Duration timeout) {
    if (state == SessionState.OPEN) {
      become(SessionState.DRAINING);
      drain = new Drain(this, timeout, clock, replies);
    }
  }

  boolean isInFlight() {
    return inFlight;
  }

  /** A second is over: ends what has taken too long. */
  void tick() {
    clock.tick(replies.unwrittenBytes());
    if (state.awaitsClient(inFlight, clock.allWritten())
        && clock.isStillFor(group.settings().idleTimeoutSeconds() * 1_000L)) {
      endIdle();
    } else if (state.expectsReplies()
        && clock.isStillFor(group.settings().maxWaitMillis())
        && isWaiting()) {
      record.ends("given up");
      group.admission().givenUp(client());
      finish();
      cancel();
    }
  }

  private void endIdle() {
    record.idle();
    if (state.expectsReplies() && close.peerMaySend()) {
      become(SessionState.CLOSING);
      close.orderly();
    } else {
      close.cut();
    }
  }

  private void closed() {
    become(SessionState.CLOSED);
    sweep.remove(this);
    // Vert.x may have closed it: drainSeconds are over, or it was reset.
    record.closed(drain == null ? "reset" : "cut off");
    try {
      cancel();
    } finally {
      model.leave();
    }
  }

  @Override
  public String client() {
    return record.client();
  }
}
