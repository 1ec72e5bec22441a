package io.upper.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client over TCP or TLS. A stream does not mark the end of a reply, so the client computes its
 * length.
 */
final class StreamClient implements UpperClient {
  private static final String CLOSED = "the server closed the connection";

  private final Vertx vertx;
  private final ClientSettings settings;
  private final NetClient client;
  private final NetSocket socket;
  private final TrafficListener listener;

  private Promise<String> pending;
  private Message message;
  private Buffer reply = Buffer.buffer();
  private String closed;
  private long timer;

  private StreamClient(
      Vertx vertx,
      ClientSettings settings,
      NetClient client,
      NetSocket socket,
      TrafficListener listener) {
    this.vertx = vertx;
    this.settings = settings;
    this.client = client;
    this.socket = socket;
    this.listener = listener;
    socket
        .handler(this::received)
        .exceptionHandler(cause -> lost(ConnectFailure.reason(cause)))
        .closeHandler(v -> lost(CLOSED));
    ChannelHandlerContext context = ((NetSocketInternal) socket).channelHandlerContext();
    context.pipeline().addBefore(context.name(), "close-notify", new CloseNotify());
  }

  /** A server may keep the TCP connection open after its close_notify (RFC 8446, section 6.1). */
  private final class CloseNotify extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslCloseCompletionEvent) {
        lost(CLOSED);
      }
      context.fireUserEventTriggered(event);
    }
  }

  static Future<UpperClient> open(
      Vertx vertx, ClientSettings settings, Target target, TrafficListener listener) {
    return vertx
        .executeBlocking(() -> Trust.read(settings))
        .compose(trust -> connect(vertx, settings, target, trust, listener));
  }

  private static Future<UpperClient> connect(
      Vertx vertx, ClientSettings settings, Target target, Trust trust, TrafficListener listener) {
    int millis = settings.timeoutSeconds() * 1000;
    NetClientOptions options =
        new NetClientOptions()
            // An unreachable address uses up its timeout: leave time for the others.
            .setConnectTimeout(millis / target.attempts())
            .setSslHandshakeTimeout(settings.timeoutSeconds());
    trust.configure(options);
    NetClient client = vertx.createNetClient(options);
    return within(settings, "connecting", target.connect(client))
        .compose(socket -> secure(settings, target, socket))
        .<UpperClient>map(socket -> new StreamClient(vertx, settings, client, socket, listener))
        .recover(
            cause ->
                client
                    .close()
                    .transform(
                        v ->
                            Future.failedFuture(
                                settings.address() + ": " + ConnectFailure.reason(cause))));
  }

  private static Future<NetSocket> secure(
      ClientSettings settings, Target target, NetSocket socket) {
    return settings.protocol() == Protocol.TLS
        ? within(settings, "TLS handshake", target.handshake(socket)).map(socket)
        : Future.succeededFuture(socket);
  }

  private static <T> Future<T> within(ClientSettings settings, String what, Future<T> awaited) {
    return awaited
        .timeout(settings.timeoutSeconds(), TimeUnit.SECONDS)
        .recover(
            cause ->
                Future.failedFuture(
                    isTimeout(cause)
                        ? new TimeoutException(what + " timed out after " + settings.timeout())
                        : cause));
  }

  /** Vert.x's connect and Netty's handshake have their own timeouts. */
  private static boolean isTimeout(Throwable cause) {
    return cause instanceof TimeoutException
        || cause instanceof ConnectTimeoutException
        || cause.getCause() instanceof SslHandshakeTimeoutException
        || cause instanceof SslHandshakeTimeoutException;
  }

  @Override
  public synchronized Future<String> ask(String text) {
    if (closed != null) {
      return Future.failedFuture(settings.address() + ": " + closed);
    }
    Promise<String> promise = Promise.promise();
    pending = promise;
    message = Message.of(text, settings.protocol(), settings.service());
    reply = Buffer.buffer();
    if (message.expected().length() == 0) {
      pending = null;
      promise.complete("");
    } else {
      Buffer request = message.bytes();
      timer = vertx.setTimer(settings.timeoutSeconds() * 1000L, id -> timedOut(promise, request));
      listener.onTraffic("sent", request);
      socket.write(request).onFailure(cause -> lost(ConnectFailure.reason(cause)));
    }
    return promise.future();
  }

  private void received(Buffer bytes) {
    Promise<String> done;
    String text;
    listener.onTraffic("received", bytes);
    synchronized (this) {
      reply.appendBuffer(bytes);
      if (pending == null || reply.length() < message.expected().length()) {
        return;
      }
      done = pending;
      text = message.text(reply);
      pending = null;
      vertx.cancelTimer(timer);
    }
    done.complete(text);
  }

  /** A late reply could not be distinguished from the next one, so the connection is closed. */
  private void timedOut(Promise<String> promise, Buffer request) {
    String failure;
    synchronized (this) {
      if (pending != promise) {
        return;
      }
      pending = null;
      closed = "the previous reply timed out after " + settings.timeout();
      failure =
          String.format(
              Locale.ROOT,
              "%s: no complete reply within %s: sent %s, received %s of %d",
              settings.address(),
              settings.timeout(),
              Excerpt.of(request),
              Excerpt.of(reply),
              message.expected().length());
    }
    promise.fail(failure);
    socket.close();
  }

  private void lost(String reason) {
    Promise<String> failed;
    String failure;
    synchronized (this) {
      if (closed == null) {
        closed = reason;
      }
      if (pending == null) {
        return;
      }
      failed = pending;
      failure =
          String.format(
              Locale.ROOT,
              "%s: %s after %d of %d bytes of the reply",
              settings.address(),
              closed,
              reply.length(),
              message.expected().length());
      pending = null;
      vertx.cancelTimer(timer);
    }
    failed.fail(failure);
  }

  @Override
  public SocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public Future<Void> close() {
    return socket.close().eventually(client::close);
  }
}
