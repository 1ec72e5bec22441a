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
 * The addresses that all instances of a server listen on: the first instance takes them, with a
 * free port for port 0, the others share them. Thread-safe.
 */
final class SharedAddresses {
  // Of the group, whose part this is.
  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);

  private final Vertx vertx;
  private final String owner;
  private final int instances;
  private final boolean exclusive;
  private final ServerSettings settings;
  private final AtomicBoolean first = new AtomicBoolean(true);
  private final Promise<List<InetSocketAddress>> taken = Promise.promise();
  private final Set<InetAddress> asked = ConcurrentHashMap.newKeySet();
  private volatile List<InetSocketAddress> resolved;
  private int listening;

  /**
   * @param owner who may share a socket: Vert.x lets two servers of one owner do so
   * @param instances how many the server starts with
   * @param exclusive whether the port is bound exclusively, and shared only then
   * @param settings what they say of the addresses never changes
   */
  SharedAddresses(
      Vertx vertx, String owner, int instances, boolean exclusive, ServerSettings settings) {
    this.vertx = vertx;
    this.owner = owner;
    this.instances = instances;
    this.exclusive = exclusive;
    this.settings = settings;
  }

  /** Resolves the host, so that nobody has to wait for it later. */
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

  /** How many instances the server starts with. */
  int instances() {
    return instances;
  }

  /** Whether the first socket is bound so that others can be bound to the same port. */
  boolean bindsShared() {
    return settings.reusePort() && !exclusive;
  }

  /** Whether a socket that was bound exclusively is shared from then on. */
  boolean sharesOnceBound() {
    return settings.reusePort() && exclusive;
  }

  /** Whether the caller is the first to ask: it takes the addresses, the others share them. */
  boolean first() {
    return first.getAndSet(false);
  }

  /** Takes the addresses for all instances; called on the context of the first one. */
  <S> Future<List<Listener<S>>> take(Listeners<S> listeners) {
    return resolve()
        .compose(listeners::listen)
        .recover(this::cannotListen)
        .onSuccess(all -> taken.complete(all.stream().map(Listener::address).toList()))
        .onFailure(taken::fail);
  }

  /** Shares the addresses that the first instance has taken; fails when it could not. */
  <S> Future<List<Listener<S>>> share(Listeners<S> listeners, Context context) {
    return taken(context)
        .compose(addresses -> listeners.listen(addresses).recover(this::cannotListen));
  }

  private <T> Future<T> cannotListen(Throwable cause) {
    return Future.failedFuture(
        Listeners.cannotListen(
            settings.protocol().word(), settings.host(), settings.port(), cause));
  }

  /** The addresses that the first instance has taken, told on {@code context}. */
  Future<List<InetSocketAddress>> taken(Context context) {
    Promise<List<InetSocketAddress>> told = ((ContextInternal) context).promise();
    taken.future().onComplete(told);
    return told.future();
  }

  /** The port that the server listens on, once an instance does. */
  int port() {
    return taken.future().result().get(0).getPort();
  }

  /** The addresses that datagrams to a wildcard address were sent to. */
  Set<InetAddress> asked() {
    return asked;
  }

  /**
   * An instance listens; when all do, the server is announced.
   *
   * @param sockets how many serve each address
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
