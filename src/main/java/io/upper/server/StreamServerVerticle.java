package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of a stream protocol. Its instances share the port: Vert.x hands each connection to one
 * of them in turn, and it stays on that instance's event loop.
 */
abstract class StreamServerVerticle extends VerticleBase implements ServerVerticle {
  private static final Logger LOG = LoggerFactory.getLogger(StreamServerVerticle.class);

  private final Protocol protocol;
  private ServerSettings settings;
  private ServerGroup group;
  private NetServer server;

  StreamServerVerticle(Protocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public final int actualPort() {
    return server.actualPort();
  }

  @Override
  public final Future<?> start() {
    settings = ServerSettings.of(protocol, config());
    group = ServerGroup.join(vertx, context, settings);
    return options(settings)
        .compose(this::listen)
        .recover(cause -> group.leave().transform(v -> Future.failedFuture(cause)));
  }

  /** The options of the server: those of TCP, and what the protocol adds. */
  Future<NetServerOptions> options(ServerSettings settings) {
    return Future.succeededFuture(
        new NetServerOptions()
            .setIdleTimeout(settings.idleTimeoutSeconds())
            .setReusePort(settings.reusePort()));
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
        .recover(e -> Future.failedFuture(group.cannotListen(e.getMessage(), e)))
        .onSuccess(
            v ->
                group.listening(
                    new InetSocketAddress(address, server.actualPort()), group.instances()))
        .mapEmpty();
  }

  private void connected(NetSocket socket) {
    if (group.admit(settings.maxConnections())) {
      new Session(protocol.word(), (NetSocketInternal) socket, context, group).start();
    } else {
      LOG.debug(
          "{} {} refused: {} connections",
          protocol.word(),
          socket.remoteAddress(),
          settings.maxConnections());
      socket.close();
    }
  }

  private void notConnected(Throwable cause) {
    LOG.info("{} connection failed: {}", protocol.word(), cause.getMessage());
  }

  /** Stops accepting, has all that was sent answered, then closes: within {@code drainSeconds}. */
  @Override
  public final Future<?> stop() {
    return server.shutdown(Duration.ofSeconds(settings.drainSeconds())).eventually(group::leave);
  }
}
