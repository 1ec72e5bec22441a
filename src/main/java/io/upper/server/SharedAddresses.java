package io.upper.server;

import io.upper.config.ServerSettings;
import io.upper.config.UnixSocket;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.upper.net.Listeners.Listener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses that all instances of a server listen on. The first instance binds them, with a
 * free port for port 0; the others share them. Thread-safe.
 */
final class SharedAddresses {
  // Logs as the group that it is part of.
  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);

  private final Vertx vertx;
  private final String owner;
  private final int instances;
  private final boolean exclusive;
  private final ServerSettings settings;
  private final AtomicBoolean unclaimed = new AtomicBoolean(true);
  private final Promise<List<InetSocketAddress>> taken = Promise.promise();
  // With a path, which has no addresses.
  private final Promise<SocketFile> file = Promise.promise();
  private final Set<InetAddress> discovered = ConcurrentHashMap.newKeySet();
  private volatile List<InetSocketAddress> resolved;
  private int listening;

  /**
   * @param owner servers with the same owner may share a socket in Vert.x
   * @param instances number of instances at start
   * @param exclusive whether the port is bound exclusively, and shared only afterwards
   * @param settings their addresses never change
   */
  SharedAddresses(
      Vertx vertx, String owner, int instances, boolean exclusive, ServerSettings settings) {
    this.vertx = vertx;
    this.owner = owner;
    this.instances = instances;
    this.exclusive = exclusive;
    this.settings = settings;
  }

  /** Resolves the host in advance. */
  Future<Void> prepare() {
    return resolve()
        .onSuccess(addresses -> resolved = addresses)
        .recover(this::cannotListen)
        .mapEmpty();
  }

  private Future<List<InetSocketAddress>> resolve() {
    if (settings.unix() != null) {
      // With NIO, Netty 4.2.18 ignores ALLOW_HALF_CLOSURE here: replies in flight would be lost.
      return vertx.isNativeTransportEnabled()
          ? Future.succeededFuture(List.of())
          : Future.failedFuture("a path needs a native transport");
    }
    if (resolved != null) {
      return Future.succeededFuture(resolved);
    }
    return settings.reusePort() && !vertx.isNativeTransportEnabled()
        ? Future.failedFuture("sharing a port among processes needs a native transport")
        : Listeners.resolve(vertx, owner, settings.host(), settings.port());
  }

  /** Number of instances at start. */
  int instances() {
    return instances;
  }

  /** Whether the first socket is bound with SO_REUSEPORT. */
  boolean bindsShared() {
    return settings.reusePort() && !exclusive;
  }

  /** Whether SO_REUSEPORT is set after the first socket was bound exclusively. */
  boolean sharesOnceBound() {
    return settings.reusePort() && exclusive;
  }

  /** True for the first caller, which must {@link #take} the addresses; the others share them. */
  boolean claim() {
    return unclaimed.getAndSet(false);
  }

  /** Binds the addresses for all instances; called on the context of the first one. */
  <S> Future<List<Listener<S>>> take(Listeners<S> listeners) {
    return resolve()
        .compose(listeners::listen)
        .recover(this::cannotListen)
        .onSuccess(all -> taken.complete(all.stream().map(Listener::address).toList()))
        .onFailure(taken::fail);
  }

  /** Shares the addresses that the first instance took; fails if it could not. */
  <S> Future<List<Listener<S>>> share(Listeners<S> listeners, Context context) {
    return taken(context)
        .compose(addresses -> listeners.listen(addresses).recover(this::cannotListen));
  }

  private <T> Future<T> cannotListen(Throwable cause) {
    String server = settings.protocol().word();
    return Future.failedFuture(
        settings.unix() == null
            ? Listeners.cannotListen(server, settings.host(), settings.port(), cause)
            : Listeners.cannotListen(server, settings.unix().toString(), cause));
  }

  /** The path that takes the place of addresses, or null. */
  UnixSocket unix() {
    return settings.unix();
  }

  /**
   * Takes the path for all instances; called on the context of the first one.
   *
   * @param listen listens on the name that the file has at first
   * @param close closes the socket if the path cannot be taken
   */
  <S> Future<S> takePath(Function<SocketFile, Future<S>> listen, Function<S, Future<Void>> close) {
    SocketFile taken = new SocketFile(settings.unix());
    return resolve()
        .compose(none -> listen.apply(taken))
        .compose(
            socket ->
                vertx
                    .executeBlocking(taken::publish)
                    .map(socket)
                    .recover(e -> close.apply(socket).transform(v -> Future.failedFuture(e))))
        .recover(this::cannotListen)
        .onSuccess(socket -> file.complete(taken))
        .onFailure(file::fail);
  }

  /** The file of the path that the first instance took; completes on {@code context}. */
  Future<SocketFile> takenPath(Context context) {
    Promise<SocketFile> onContext = ((ContextInternal) context).promise();
    file.future().onComplete(onContext);
    return onContext.future();
  }

  /** Removes the file of the path, if there is one still. */
  Future<Void> release() {
    return file.future().succeeded()
        ? vertx.executeBlocking(file.future().result()::remove)
        : Future.succeededFuture();
  }

  /** The addresses that the first instance took; completes on {@code context}. */
  Future<List<InetSocketAddress>> taken(Context context) {
    Promise<List<InetSocketAddress>> onContext = ((ContextInternal) context).promise();
    taken.future().onComplete(onContext);
    return onContext.future();
  }

  /** The port, once an instance listens; 0 with a path. */
  int port() {
    return settings.unix() == null ? taken.future().result().get(0).getPort() : 0;
  }

  /** Local addresses found by datagrams sent to them, see {@link LocalAddresses}. */
  Set<InetAddress> discovered() {
    return discovered;
  }

  /**
   * Reports that an instance listens; once all do, the addresses are logged.
   *
   * @param sockets number of sockets for each address
   */
  synchronized void listening(int sockets) {
    if (++listening == instances) {
      Stream<String> addresses =
          settings.unix() == null
              ? taken.future().result().stream().map(Addresses::text)
              : Stream.of(settings.unix().toString());
      addresses.forEach(
          address ->
              LOG.info(
                  "{} listening on {} ({} {}, {})",
                  settings.protocol().word(),
                  address,
                  sockets,
                  sockets == 1 ? "instance" : "instances",
                  settings.model().word()));
    }
  }
}
