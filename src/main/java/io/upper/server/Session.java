package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.model.Conversation;
import io.upper.model.RequestHandler;
import io.upper.model.RequestObserver;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.upper.service.ConfiguredService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a stream protocol: keeps the replies in order, its memory bounded, and its end
 * clean. Lives on the connection's event loop alone.
 *
 * <p>One request is at work at a time; while it is, or while the peer does not read its replies,
 * nothing more is read:
 *
 * <pre>
 *            read                  next, write queue not full
 *   READING ------> WORKING ------------------------------------> READING
 *      |               | next, write queue full                      ^
 *      |               +------------------> (peer does not read) ----+ drained
 *      | end of input, or drained
 *      v
 *    ENDING: the handler answers what is left, the socket closes after the last reply
 * </pre>
 *
 * <p>Whatever it waits for, it does not wait for ever; what {@link IdleSweep} sees of it is told
 * first:
 *
 * <pre>
 *   for the client to send, or to read its replies, the last ones too   idleTimeoutSeconds
 *   for a thread or a process that has time                             maxWaitMillis
 *   for the work to be done                                             none: it is the server that
 *                                            is silent; a child has the clock of its model
 *   for the client to end, when the server has                          LingeringClose
 *   while the server stops                                              drainSeconds
 *   before there is a session: handshake, PROXY header                  HandshakeTimeout
 * </pre>
 */
final class Session implements Conversation {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  // When draining: what the client had sent by now has arrived after so long. More than the 200 ms
  // after which TCP tries again to send into a window that was closed (RFC 9293, 3.8.6.1).
  private static final long DRAIN_QUIET_MILLIS = 300;

  private static final Pattern RESET = Pattern.compile("^(Connection reset|Broken pipe)");

  // What share of the drain's time a client may go on asking.
  private static final int LAST_CALL_PERCENT = 75;

  private final NetSocketInternal socket;
  private final Channel channel;
  private final Context context;
  private final Protocol protocol;
  private final ServerGroup group;
  private final IdleSweep sweep;
  private final RequestObserver observer;
  private final ModelInUse model;
  private final RequestHandler handler;
  // Null when nobody is to be told.
  private final ConnectionRecord told;

  // As they were when the request at work came.
  private ServerSettings settings;

  // The request that is being handed over, the handler's view of it, and what to add to an index of
  // the view to have that of the request.
  private ByteBuf current;
  private ByteBuffer view;
  private int shift;

  // Null until the log, or somebody who counts, asks for it.
  private String client;
  private ReplyWriter replies;
  private boolean handingOver;
  private boolean working;
  private boolean paused;
  private boolean draining;
  private boolean lastCall;
  private boolean watching;
  private boolean cancelled;
  private boolean peerEnded;
  private boolean ended;
  private boolean closing;
  private boolean lingering;
  private boolean closed;
  private long arrived;
  private long requests;
  // Requests, replies, and every time that reading was resumed.
  private long moves;

  // What had moved, and what was not written yet, at the last look; and since how long.
  private long movesSeen = -1;
  private long unwrittenSeen;
  private int stillSeconds;

  /** Serves a connection that {@code group} has admitted; called on its event loop. */
  Session(
      Protocol protocol,
      NetSocketInternal socket,
      Context context,
      ServerGroup group,
      IdleSweep sweep) {
    this.socket = socket;
    this.channel = socket.channelHandlerContext().channel();
    this.context = context;
    this.protocol = protocol;
    this.group = group;
    this.sweep = sweep;
    this.observer = group.observer();
    this.settings = group.settings();
    this.model = group.enterModel();
    this.handler = handler();
    this.told = ConnectionRecord.begin(protocol, socket.remoteAddress(), group.metrics());
  }

  private RequestHandler handler() {
    try {
      return model.model().handle(this);
    } catch (Throwable e) {
      model.leave();
      throw e;
    }
  }

  /** Starts reading. */
  void start() {
    HalfClose.enable(socket);
    EmptyRecords.limit(channel);
    replies = ReplyWriter.enable(socket, context, this::flow);
    socket
        .messageHandler(this::received)
        .shutdownHandler(this::drain)
        .exceptionHandler(this::broken)
        .closeHandler(v -> closed());
    sweep.add(this);
  }

  private void received(Object message) {
    try {
      if (message == HalfClose.END_OF_INPUT) {
        peerEnded = true;
        ends("client closed");
        end();
      } else if (message instanceof ByteBuf bytes && !ended && !closing && !closed) {
        serve(bytes);
      } else {
        ReferenceCountUtil.release(message);
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void serve(ByteBuf bytes) {
    settings = group.settings();
    requests++;
    moves++;
    if (told != null) {
      told.received(bytes.readableBytes());
    }
    working = true;
    handingOver = true;
    current = bytes;
    if (observer != null) {
      arrived = System.nanoTime();
    }
    try {
      int start = bytes.readerIndex();
      view =
          model.model().answersWithinCall(settings.job()) && bytes.nioBufferCount() == 1
              ? bytes.internalNioBuffer(start, bytes.readableBytes())
              : copy(bytes);
      shift = start - view.position();
      handler.request(view);
    } finally {
      handingOver = false;
      view = null;
      ReferenceCountUtil.release(current);
      current = null;
    }
    flow();
  }

  private static ByteBuffer copy(ByteBuf bytes) {
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.readBytes(copy);
    return ByteBuffer.wrap(copy);
  }

  /** Reads exactly when a request could be taken. */
  private void flow() {
    boolean pause = working || replies.areFull();
    if (pause != paused && !closing && !closed) {
      paused = pause;
      // Of itself a paused socket reads on, up to 16 times 64 KiB.
      channel.config().setAutoRead(!pause);
      if (pause) {
        socket.pause();
      } else {
        moves++;
        socket.resume();
      }
    }
  }

  @Override
  public void reply(ByteBuffer bytes) {
    if (closing || closed || !bytes.hasRemaining()) {
      return;
    }
    moves++;
    if (told != null) {
      told.sent(bytes.remaining());
    }
    if (bytes == view && current.isReadable()) {
      // Changed in place: what was read is what is written.
      replies.write(current.setIndex(shift + bytes.position(), shift + bytes.limit()));
      current = null;
    } else {
      replies.write(Unpooled.wrappedBuffer(bytes));
    }
  }

  @Override
  public Future<Void> sent() {
    return closing || closed ? Future.succeededFuture() : replies.sent();
  }

  @Override
  public void next() {
    working = false;
    if (lastCall) {
      endNow();
      return;
    }
    if (!handingOver) {
      flow();
    }
    if (draining) {
      endWhenQuiet();
    }
  }

  /** The end of the input: its own, or the server's when it drains. */
  private void end() {
    if (!ended && !closing && !closed) {
      ended = true;
      handler.end();
    }
  }

  @Override
  public void finish() {
    if (!closing && !closed) {
      closing = true;
      // When the server stops, Vert.x closes at once and drops what is not sent yet.
      replies.sent().onComplete(v -> close());
    }
  }

  /** Closes so that what was sent arrives, even if the peer has not ended. */
  private void close() {
    closing = true;
    if (peerEnded || closed) {
      closeNow();
    } else {
      lingering = LingeringClose.begin(socket, this::closeNow);
    }
  }

  private void closeNow() {
    closing = true;
    // With a shutdown handler set, closing would only ask for the drain that is over now.
    socket.shutdownHandler(null).close().onFailure(this::unsent);
  }

  /** The server stops: what the client has sent by now is still answered. */
  void drain(Duration timeout) {
    draining = true;
    context
        .owner()
        .setTimer(Math.max(1, timeout.toMillis() * LAST_CALL_PERCENT / 100), id -> lastCall());
    if (!working) {
      endWhenQuiet();
    }
  }

  /** A client that goes on asking is never quiet: from now on its reply is its last. */
  private void lastCall() {
    lastCall = true;
    if (!working) {
      endNow();
    }
  }

  private void endNow() {
    ends("drained");
    try {
      end();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void endWhenQuiet() {
    if (!watching) {
      watching = true;
      long before = moves;
      context.owner().setTimer(DRAIN_QUIET_MILLIS, id -> endIfQuietSince(before));
    }
  }

  /** While the peer does not read, what it has sent is still unread: it has until the cut-off. */
  private void endIfQuietSince(long before) {
    watching = false;
    if (working || closing || closed) {
      return;
    }
    if (paused || moves != before) {
      endWhenQuiet();
      return;
    }
    endNow();
  }

  @Override
  public void fail(Throwable cause) {
    if (!closing && !closed) {
      logEnd(cause);
      ends("failed: " + reason(cause));
      close();
    }
  }

  /** The connection itself failed: there is nobody to wait for. */
  private void broken(Throwable cause) {
    if (!closing && !closed) {
      logEnd(cause);
      String reason = reason(cause);
      ends(RESET.matcher(reason).find() ? "reset" : "failed: " + reason);
      closeNow();
    }
  }

  private void logEnd(Throwable cause) {
    LOG.info("{} closed: {}", client(), reason(cause));
    LOG.debug("{}", client(), cause);
  }

  /**
   * Called once a second.
   *
   * @return whether nothing has moved for too long, up to a second more
   */
  boolean isOverdueASecondLater() {
    long unwritten = replies.unwrittenBytes();
    boolean moved = moves != movesSeen || unwritten != unwrittenSeen;
    movesSeen = moves;
    unwrittenSeen = unwritten;
    stillSeconds = moved ? 0 : stillSeconds + 1;
    return isIdle() || hasWaited();
  }

  /** While its request is at work, it is the server that is silent, unless nobody reads replies. */
  private boolean isIdle() {
    int most = group.settings().idleTimeoutSeconds();
    boolean atWork = (working || ended) && !closing && unwrittenSeen == 0;
    return most > 0 && stillSeconds >= most && !atWork && !lingering;
  }

  private boolean hasWaited() {
    int most = group.settings().maxWaitMillis();
    return most > 0 && stillSeconds * 1_000L >= most && !closing && handler.isWaiting();
  }

  /** Called after {@link #isOverdueASecondLater} has said so. */
  void endOverdue() {
    if (closed) {
      return;
    }
    if (isIdle()) {
      LOG.info("{} closed: idle for too long", client());
      endsAfterAll("idle");
      if (closing || peerEnded || ((DuplexChannel) channel).isInputShutdown()) {
        cut();
      } else {
        close();
      }
    } else if (hasWaited()) {
      group.givenUp(client());
      ends("given up");
      cancel();
      finish();
    }
  }

  private void cancel() {
    if (!cancelled) {
      cancelled = true;
      handler.cancel();
    }
  }

  /** Closes at once: Vert.x would wait until the client has read, over TLS the client's system. */
  private void cut() {
    closing = true;
    channel.pipeline().firstContext().close();
  }

  private void ends(String reason) {
    if (told != null) {
      told.ends(reason);
    }
  }

  private void endsAfterAll(String reason) {
    if (told != null) {
      told.endsAfterAll(reason);
    }
  }

  /** Why something failed, in a line. */
  static String reason(Throwable cause) {
    return Listeners.reason(cause);
  }

  private void unsent(Throwable cause) {
    LOG.debug("{} is gone: {}", client(), reason(cause));
  }

  private void closed() {
    closed = true;
    sweep.remove(this);
    if (LOG.isDebugEnabled()) {
      LOG.debug("{} disconnected requests={}", client(), requests);
    }
    if (told != null) {
      // Vert.x has closed it: at the end of the drain's time, or since a reset was all that came.
      told.ends(draining ? "cut off" : "reset");
      told.over();
    }
    cancel();
    model.leave();
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public Job job() {
    return settings.job();
  }

  @Override
  public ConfiguredService service() {
    return settings.service();
  }

  @Override
  public RequestObserver observer() {
    return observer;
  }

  @Override
  public long arrived() {
    return arrived;
  }

  @Override
  public String client() {
    if (client == null) {
      client = protocol.word() + " " + Addresses.text(socket.remoteAddress());
    }
    return client;
  }
}
