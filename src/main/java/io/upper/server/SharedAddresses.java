package io.upper.server;

import io.upper.config.ServerSettings;
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
    return Future.failedFuture(
        Listeners.cannotListen(
            settings.protocol().word(), settings.host(), settings.port(), cause));
  }

  /** The addresses that the first instance took; completes on {@code context}. */
  Future<List<InetSocketAddress>> taken(Context context) {
    Promise<List<InetSocketAddress>> onContext = ((ContextInternal) context).promise();
    taken.future().onComplete(onContext);
    return onContext.future();
  }

  /** The port, once an instance listens. */
  int port() {
    return taken.future().result().get(0).getPort();
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
      for (InetSocketAddress address : taken.future().result()) {
        LOG.info(
            "{} listening on {} ({} {}, {})",
            settings.protocol().word(),
            Addresses.text(address),
            sockets,
            sockets == 1 ? "instance" : "instances",
            settings.model().word());
      }
    }
  }
}
