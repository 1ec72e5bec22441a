package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.upper.config.OptionalLibrary;
import io.upper.net.Listeners;
import io.upper.net.Listeners.Listener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A server of a stream protocol. Its instances share the port: Vert.x assigns connections to them
 * round robin, and each stays on that instance's event loop.
 */
abstract class StreamServerVerticle extends VerticleBase implements ServerVerticle {
  private final Function<Context, ServerGroup> groups;
  private ServerGroup group;
  // One for each address.
  private final List<NetServer> servers = new ArrayList<>();
  private SessionSweep sweep;
  private boolean stopping;

  /**
   * @param groups finds the group that an instance joins, by its context
   */
  StreamServerVerticle(Function<Context, ServerGroup> groups) {
    this.groups = groups;
  }

  @Override
  public final int actualPort() {
    return group.addresses().port();
  }

  @Override
  public final Future<Void> unbound() {
    return forEach(
        server ->
            ListeningSocket.of(server)
                .map(ListeningSocket::closed)
                .orElseGet(() -> Promise.<Void>promise().future())); // Unknown.
  }

  @Override
  public final Future<?> start() {
    group = groups.apply(context).join();
    sweep = new SessionSweep(vertx);
    if (!ListeningChannel.HOOK.isMissing()) {
      ListeningPause.on(context); // Until AdmissionHandler.enable.
    }
    return Future.succeededFuture(group)
        .compose(this::options)
        .compose(this::listen)
        .recover(cause -> group.leave().transform(v -> Future.failedFuture(cause)));
  }

  /** The server options: those of TCP, plus those of the protocol. */
  Future<NetServerOptions> options(ServerGroup group) {
    if (group.settings().proxyProtocol()) {
      OptionalLibrary.use(
          "io.netty:netty-codec-haproxy", "proxyProtocol", () -> HAProxyMessage.class);
    }
    return Future.succeededFuture(
        new NetServerOptions()
            .setAcceptBacklog(group.settings().backlog())
            .setUseProxyProtocol(group.settings().proxyProtocol())
            .setReusePort(
                group.addresses().bindsShared()
                    || group.addresses().sharesOnceBound() && ListeningChannel.HOOK.isMissing()));
  }

  private Future<Void> listen(NetServerOptions options) {
    boolean first = group.addresses().claim();
    if (first) {
      WeakerGuarantees.warn(group.settings().protocol(), vertx, options);
    }
    Future<List<NetServer>> listening =
        group.addresses().unix() == null
            ? listenOnPort(first, options)
            : listenOnPath(first, options).map(List::of);
    return listening.map(
        all -> {
          servers.addAll(all);
          group.addresses().listening(group.addresses().instances());
          return null;
        });
  }

  private Future<List<NetServer>> listenOnPort(boolean first, NetServerOptions options) {
    Listeners<NetServer> listeners =
        new Listeners<>(
            group.settings().protocol().word(), address -> bind(address, options), this::unbind);
    Future<List<Listener<NetServer>>> listening =
        first ? group.addresses().take(listeners) : group.addresses().share(listeners, context);
    return listening.map(all -> all.stream().map(Listener::socket).toList());
  }

  private Future<Listener<NetServer>> bind(InetSocketAddress address, NetServerOptions options) {
    return withPort(address)
        .compose(
            fixed ->
                listen(SocketAddress.inetSocketAddress(fixed), options)
                    .onSuccess(this::sharePort)
                    .map(server -> new Listener<>(fixed, server)));
  }

  private Future<NetServer> listenOnPath(boolean first, NetServerOptions options) {
    return first
        ? group.addresses().takePath(file -> listen(file, options), this::unbind)
        : group.addresses().takenPath(context).compose(file -> listen(file, options));
  }

  private Future<NetServer> listen(SocketFile file, NetServerOptions options) {
    return listen(file.bound(), options)
        .onSuccess(server -> ListeningSocket.of(server).ifPresent(socket -> socket.isAt(file)));
  }

  private Future<NetServer> listen(SocketAddress address, NetServerOptions options) {
    NetServer server =
        vertx
            .createNetServer(options)
            .connectHandler(this::connected)
            .exceptionHandler(this::notConnected);
    return server
        .listen(address)
        .compose(v -> AdmissionHandler.enable(server, group, context))
        .map(server);
  }

  /** Closes a listening socket, since another address failed. */
  private Future<Void> unbind(NetServer server) {
    ListeningSocket.of(server).ifPresent(ListeningSocket::cancelJoin);
    return server.close();
  }

  /** Chooses a free port for port 0; otherwise each instance would get its own. */
  private Future<InetSocketAddress> withPort(InetSocketAddress address) {
    return address.getPort() > 0
        ? Future.succeededFuture(address)
        : vertx
            .executeBlocking(() -> freePort(address.getAddress()))
            .map(port -> new InetSocketAddress(address.getAddress(), port));
  }

  private static int freePort(InetAddress address) {
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return 0; // Listening fails too, with a better message.
    }
  }

  private void sharePort(NetServer server) {
    Channel channel = ListeningChannel.of(server);
    if (group.addresses().sharesOnceBound() && channel != null) {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
  }

  private void connected(NetSocket connected) {
    NetSocketInternal socket = (NetSocketInternal) connected;
    Channel channel = socket.channelHandlerContext().channel();
    if (ListeningChannel.HOOK.isMissing() && !AdmissionHandler.admit(channel, group)) {
      return;
    }
    HandshakeTimeout.end(channel);
    Session session = new Session(socket, context, group, sweep);
    session.start();
    if (stopping) {
      // It was in its handshake when the drain started.
      session.drain(drainTimeout());
    }
  }

  private void notConnected(Throwable cause) {
    HandshakeFailure failure = HandshakeFailure.of(cause);
    String peer =
        cause instanceof HandshakeTimeout.PeerFailure ? " (" + cause.getMessage() + ")" : "";
    group
        .admission()
        .handshakeFailed(failure.reason(), () -> "its handshake failed: " + failure.text() + peer);
  }

  /**
   * Stops accepting, answers all requests sent before, then closes: within {@code drainSeconds}.
   */
  @Override
  public final Future<?> stop() {
    group.open(); // The backlog is drained too.
    return forEach(
            server ->
                ListeningSocket.of(server)
                    .map(socket -> socket.leave((ContextInternal) context, () -> leave(server)))
                    .orElseGet(() -> leave(server)))
        .eventually(group::leave);
  }

  private Future<Void> leave(NetServer server) {
    stopping = true;
    return server.shutdown(drainTimeout());
  }

  /** Completes when {@code action} has completed for the server of each address. */
  final Future<Void> forEach(Function<NetServer, Future<?>> action) {
    return Future.join(servers.stream().map(action).toList()).mapEmpty();
  }

  private Duration drainTimeout() {
    return Duration.ofSeconds(group.settings().drainSeconds());
  }
}
