package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * One connection of a stream protocol, on its event loop; {@link SessionState} draws the states.
 *
 * <p>No queue keeps the order: one request is in flight at a time. Until the model asks for the
 * next one, and while the peer does not read its replies, {@code flow} pauses the socket. The path
 * of a request (that of a half-close is in {@link HalfClose}):
 *
 * <pre>
 *   handle -> serve -> the model's RequestHandler.request +-> reply -> ReplyWriter.write
 *                                                           +-> next  -> flow: reads on
 * </pre>
 */
final class Session extends ServerConversation implements Handler<Object> {
  private final NetSocketInternal socket;
  private final ConnectionRecord record;
  private final SessionSweep sweep;
  private final IdleClock clock = new IdleClock();
  private final ModelInUse model;
  private ReplyWriter replies;
  // Null until the drain starts.
  private Drain drain;

  private SessionState state = SessionState.OPEN;
  private boolean inFlight;
  private boolean paused;
  private boolean peerHalfClosed;
  // Its place in the sweep.
  int sweepIndex;

  /** Creates the session of an admitted connection; called on its event loop. */
  Session(NetSocketInternal socket, Context context, ServerGroup group, SessionSweep sweep) {
    super(group, context);
    this.socket = socket;
    this.record = new ConnectionRecord(this, TlsSession.of(socket));
    this.sweep = sweep;
    this.model = group.model().enter();
  }

  /** Starts reading. */
  void start() {
    EmptyRecords.limit(socket.channelHandlerContext().channel());
    replies = ReplyWriter.enable(socket, this, record.written());
    socket
        .messageHandler(this)
        .shutdownHandler(this::drain)
        .exceptionHandler(this::broken)
        .closeHandler(v -> closed());
    record.opened();
    sweep.add(this);
    try {
      createHandler(model.model());
    } catch (Throwable e) {
      broken(e);
    }
  }

  /**
   * The only place where the state changes. An illegal transition is a bug, and closes the
   * connection.
   */
  void become(SessionState next) {
    if (!state.leadsTo(next)) {
      RuntimeException bug = new IllegalStateException(state + " does not lead to " + next);
      record.failed(bug);
      close().immediately();
      throw bug;
    }
    state = next;
    if (drain != null && !next.expectsRequests()) {
      drain.cancel();
    }
  }

  /** A message was received. */
  @Override
  public void handle(Object message) {
    if (message == HalfClose.END_OF_INPUT) {
      peerHalfClosed = true;
      endRequests("client closed");
    } else if (message instanceof ByteBuf request && state.expectsRequests()) {
      serve(request);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void serve(ByteBuf request) {
    useCurrentSettings();
    requestArrived(request.readableBytes());
    clock.recordActivity();
    record.received(request.readableBytes());
    inFlight = true;
    replies.take(request);
    try {
      handler().request(replies.view(model.model().answersWithinCall(job())));
    } catch (Throwable e) {
      fail(e);
    } finally {
      replies.releaseRequest();
    }
    if (inFlight) {
      flow();
    }
  }

  @Override
  public void servedBy(String node) {
    record.servedBy(node);
  }

  @Override
  public void reply(ByteBuffer bytes) {
    if (state.expectsReplies() && bytes.hasRemaining()) {
      clock.recordActivity();
      record.replied(bytes.remaining());
      replies.write(bytes);
    }
  }

  @Override
  public void next() {
    inFlight = false;
    if (state == SessionState.LAST_CALL) {
      endRequests("drained");
      return;
    }
    flow();
    if (state == SessionState.DRAINING) {
      drain.awaitQuiet();
    }
  }

  /** Back pressure: reads only while a request can be accepted. */
  void flow() {
    boolean pause = inFlight || replies.isFull();
    if (pause != paused && state.expectsReplies()) {
      paused = pause;
      // Otherwise a paused socket would read on, up to 16 times 64 KiB.
      socket.channelHandlerContext().channel().config().setAutoRead(!pause);
      if (pause) {
        socket.pause();
      } else {
        clock.recordActivity();
        socket.resume();
      }
    }
  }

  @Override
  public Future<Void> sent() {
    return state.expectsReplies() ? replies.sent() : Future.succeededFuture();
  }

  /** Accepts no more requests: the client has half-closed, or the server drains. */
  void endRequests(String reason) {
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
      close().afterLastReply(replies.sent());
    }
  }

  @Override
  public void fail(Throwable cause) {
    if (state.expectsReplies()) {
      record.failed(cause);
      become(SessionState.CLOSING);
      close().afterLastReply(replies.sent());
    }
  }

  /** The connection broke, or has no handler: no reply can be sent any more. */
  private void broken(Throwable cause) {
    if (state.expectsReplies()) {
      record.broken(cause);
      become(SessionState.CLOSING);
      close().afterWrites();
    }
  }

  /** The server stops: requests sent before are still answered. */
  void drain(Duration timeout) {
    if (state == SessionState.OPEN) {
      become(SessionState.DRAINING);
      drain = new Drain(this, timeout, clock, replies);
    }
  }

  boolean isInFlight() {
    return inFlight;
  }

  /** Called once a second: applies the idle timeout and {@code maxWaitMillis}. */
  void tick() {
    clock.tick(replies.unwrittenBytes());
    if (state.awaitsClient(inFlight, clock.allWritten())
        && clock.isIdleFor(group.settings().idleTimeoutSeconds() * 1_000L)) {
      endIdle();
    } else if (state.expectsReplies()
        && clock.isIdleFor(group.settings().maxWaitMillis())
        && isWaiting()) {
      record.ends("given up");
      group.admission().givenUp(client());
      finish();
      cancel();
    }
  }

  private SocketClose close() {
    return new SocketClose(this);
  }

  private void endIdle() {
    record.idle();
    if (state.expectsReplies() && close().peerMaySend()) {
      become(SessionState.CLOSING);
      close().gracefully();
    } else {
      close().immediately();
    }
  }

  private void closed() {
    become(SessionState.CLOSED);
    sweep.remove(this);
    // Without a reason of its own Vert.x closed it: drainSeconds are over, or it was reset.
    record.closed(drain == null ? "reset" : "cut off");
    try {
      cancel();
    } finally {
      model.leave();
    }
  }

  NetSocketInternal socket() {
    return socket;
  }

  ConnectionRecord record() {
    return record;
  }

  /** Whether the peer has half-closed, and all it sent was received. */
  boolean isPeerHalfClosed() {
    return peerHalfClosed;
  }

  @Override
  public String client() {
    return record.client();
  }
}
