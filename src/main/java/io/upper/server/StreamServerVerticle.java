package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of a stream protocol. Its instances share the port: Vert.x hands each connection to one
 * of them in turn, and it stays on that instance's event loop.
 */
abstract class StreamServerVerticle extends VerticleBase implements ServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(StreamServerVerticle.class);

  private static final int MAX_MESSAGE = 160;

  private final Protocol protocol;
  private final Function<ServerSettings, ConcurrencyModel> models;
  private ServerGroup group;
  private NetServer server;
  private IdleSweep sweep;
  private boolean stopping;

  StreamServerVerticle(Protocol protocol, Function<ServerSettings, ConcurrencyModel> models) {
    this.protocol = protocol;
    this.models = models;
  }

  /** One of the instances of a server, each a deployment of its own. */
  StreamServerVerticle(Protocol protocol, ServerGroup group) {
    this(protocol, (Function<ServerSettings, ConcurrencyModel>) null);
    this.group = group;
  }

  @Override
  public final int actualPort() {
    return server.actualPort();
  }

  @Override
  public final Future<Void> unbound() {
    return ListeningSocket.of(server).closed();
  }

  @Override
  public final Future<?> start() {
    if (group == null) {
      group = ServerGroup.of(vertx, context, ServerSettings.of(protocol, config()), models);
    }
    group.join();
    sweep = new IdleSweep(vertx);
    return options(group)
        .compose(this::listen)
        .recover(cause -> group.leave().transform(v -> Future.failedFuture(cause)));
  }

  /** The options of the server: those of TCP, and what the protocol adds. */
  Future<NetServerOptions> options(ServerGroup group) {
    return Future.succeededFuture(
        new NetServerOptions()
            .setAcceptBacklog(group.settings().backlog())
            .setUseProxyProtocol(group.settings().proxyProtocol())
            .setReusePort(group.settings().reusePort()));
  }

  private Future<Void> listen(NetServerOptions options) {
    server =
        vertx
            .createNetServer(options)
            .connectHandler(this::connected)
            .exceptionHandler(this::notConnected);
    return group.address().compose(this::listen);
  }

  private Future<Void> listen(InetAddress address) {
    return server
        .listen(group.sharedPort(), address.getHostAddress())
        .recover(e -> Future.failedFuture(group.cannotListen(Session.reason(e), e)))
        .compose(v -> Acceptor.enable(server, group, context))
        .onSuccess(
            v ->
                group.listening(
                    new InetSocketAddress(address, server.actualPort()), group.instances()));
  }

  private void connected(NetSocket connected) {
    NetSocketInternal socket = (NetSocketInternal) connected;
    Arrival.over(socket.channelHandlerContext().channel());
    Session session;
    try {
      session = new Session(protocol, socket, context, group, sweep);
    } catch (Throwable e) {
      LOG.info("{} {} closed: {}", protocol.word(), socket.remoteAddress(), e.toString());
      LOG.debug("{} {}", protocol.word(), socket.remoteAddress(), e);
      socket.close();
      return;
    }
    session.start();
    if (stopping) {
      // It was in its handshake when the others were told.
      session.drain(drain());
    }
  }

  private void notConnected(Throwable cause) {
    group
        .drops()
        .count(
            Drops.Reason.HANDSHAKE,
            () -> "its handshake failed: " + shortened(String.valueOf(cause)));
  }

  /** Netty's message of a broken handshake holds all that was received. */
  private static String shortened(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }

  /** Stops accepting, has all that was sent answered, then closes: within {@code drainSeconds}. */
  @Override
  public final Future<?> stop() {
    return ListeningSocket.of(server).leave((ContextInternal) context, this::leave);
  }

  private Future<Void> leave() {
    stopping = true;
    return server.shutdown(drain()).eventually(group::leave);
  }

  NetServer server() {
    return server;
  }

  private Duration drain() {
    return Duration.ofSeconds(group.settings().drainSeconds());
  }
}
