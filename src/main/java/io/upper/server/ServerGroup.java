package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Models;
import io.upper.model.RequestLog;
import io.upper.model.RequestObserver;
import io.upper.model.RequestRecording;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.upper.net.Listeners.Listener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of one server share: the settings, the port, the model and the limits. Each
 * instance joins when it starts and leaves when it has stopped; the last one that leaves closes the
 * model. Thread-safe.
 */
final class ServerGroup implements Shareable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);
  private static final String GROUPS = "upper.server-groups";

  private final Vertx vertx;
  private final String owner;
  private final int instances;
  private final boolean exclusive;
  private final Function<ServerSettings, ConcurrencyModel> models;
  private final Runnable forgotten;
  private final ServerMetrics metrics;
  // Not the group's own, which event loops take.
  private final Object credentialsLock = new Object();
  private final Set<ModelInUse> replaced = ConcurrentHashMap.newKeySet();
  private volatile ServerSettings settings;
  private volatile ModelInUse model;
  private volatile TlsCredentials credentials;
  private volatile List<InetSocketAddress> addresses;
  private final Promise<Void> open = Promise.promise();
  private final Promise<List<InetSocketAddress>> taken = Promise.promise();
  private final Set<InetAddress> asked = ConcurrentHashMap.newKeySet();
  private final RejectionCounter drops;
  private volatile SourceRates rates;
  private final AtomicInteger conversations = new AtomicInteger();
  private final AtomicBoolean first = new AtomicBoolean(true);
  private int joined;
  private int listening;

  private ServerGroup(
      Vertx vertx,
      String owner,
      int instances,
      boolean exclusive,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models,
      Runnable forgotten) {
    this.vertx = vertx;
    this.owner = owner;
    this.instances = instances;
    this.exclusive = exclusive;
    this.settings = settings;
    this.models = models;
    this.forgotten = forgotten;
    this.model = new ModelInUse(models.apply(settings));
    this.metrics = ServerMetrics.of(vertx);
    boolean datagrams = settings.protocol() == Protocol.UDP;
    this.drops =
        new RejectionCounter(
            vertx,
            settings.protocol().word() + (datagrams ? " datagram dropped" : " connection refused"),
            settings.protocol(),
            metrics);
    this.rates = rates(settings);
  }

  private static SourceRates rates(ServerSettings settings) {
    return settings.ratePerSource() == 0
        ? null
        : new SourceRates(settings.ratePerSource(), settings.burstPerSource(), System.nanoTime());
  }

  /**
   * A group whose instances are told it, a deployment each. It may take addresses over from a
   * server of the same protocol that is about to leave them.
   */
  static ServerGroup of(Vertx vertx, ServerSettings settings, boolean exclusive) {
    String owner = settings.protocol().word();
    return new ServerGroup(
        vertx, owner, settings.instances(), exclusive, settings, Models::create, () -> {});
  }

  /** The group of the one deployment that {@code context} and its instances belong to. */
  static ServerGroup of(
      Vertx vertx,
      Context context,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models) {
    LocalMap<String, ServerGroup> groups = vertx.sharedData().getLocalMap(GROUPS);
    ServerGroup group =
        groups.computeIfAbsent(
            context.deploymentID(),
            id ->
                new ServerGroup(
                    vertx,
                    id,
                    context.getInstanceCount(),
                    false,
                    settings,
                    models,
                    () -> groups.remove(id)));
    group.open();
    return group;
  }

  /**
   * Resolves the host, reads the certificates and loads the TLS engine, before any server listens;
   * else the instances do so. Called on the context of the server's owner.
   */
  Future<Void> prepare() {
    Future<?> certificates =
        settings.tls() == null
            ? Future.succeededFuture()
            : vertx.executeBlocking(
                () -> {
                  readCredentials();
                  return TlsEngine.of(settings.tls().engine());
                });
    return Future.join(
            resolve()
                .recover(e -> Future.failedFuture(cannotListen(e)))
                .onSuccess(found -> addresses = found),
            certificates)
        .onFailure(e -> model.close())
        .mapEmpty();
  }

  /** Connections are accepted from now on; those that came before have waited for it. */
  void open() {
    open.tryComplete();
  }

  /** Completes when connections may be accepted. */
  Future<Void> opened() {
    return open.future();
  }

  /** One member more; called on its event loop. */
  synchronized ServerGroup join() {
    joined++;
    if (metrics != null) {
      // What there is to count is shown from the start, with 0.
      metrics.loop(settings.protocol());
      metrics.requests(settings.protocol());
      if (settings.tls() != null || settings.proxyProtocol()) {
        for (HandshakeFailure.Reason reason : HandshakeFailure.Reason.values()) {
          metrics.handshakeFailed(settings.protocol(), reason.word(), 0);
        }
      }
    }
    return this;
  }

  /** One member less; completes when what it leaves behind is freed. */
  synchronized Future<Void> leave() {
    if (--joined > 0) {
      return Future.succeededFuture();
    }
    forgotten.run();
    if (metrics != null && credentials != null) {
      metrics.certificate(this, null);
    }
    return Future.join(
            Stream.concat(Stream.of(model), replaced.stream()).map(ModelInUse::close).toList())
        .mapEmpty();
  }

  /** The settings as they are now. */
  ServerSettings settings() {
    return settings;
  }

  /**
   * Other settings: for new requests, and new conversations as far as they concern the model. Not
   * those that the listening sockets depend on.
   */
  synchronized void change(ServerSettings next) {
    boolean otherModel = !next.sameModel(settings);
    if (next.ratePerSource() != settings.ratePerSource()
        || next.burstPerSource() != settings.burstPerSource()) {
      rates = rates(next);
    }
    settings = next;
    if (otherModel) {
      ModelInUse before = model;
      model = new ModelInUse(models.apply(next));
      replaced.removeIf(ModelInUse::isClosed);
      replaced.add(before);
      before.replace();
    }
  }

  /** The model of new conversations; of those that do not answer within the call, see below. */
  ConcurrencyModel model() {
    return model.model();
  }

  /** The model for a conversation, which has to {@link ModelInUse#leave} it when it is over. */
  ModelInUse enterModel() {
    ModelInUse current = model;
    while (!current.enter()) {
      current = model; // It was replaced just now.
    }
    return current;
  }

  /** What a TLS server shows and trusts; null before it is read. */
  TlsCredentials credentials() {
    return credentials;
  }

  void credentials(TlsCredentials credentials) {
    this.credentials = credentials;
    if (metrics != null) {
      metrics.certificate(this, credentials.expiry());
    }
  }

  /** Reads and checks them if no instance has yet; blocks. */
  TlsCredentials readCredentials() throws IOException {
    synchronized (credentialsLock) {
      if (credentials == null) {
        TlsCredentials.makeIfMissing(settings.tls());
        credentials(TlsCredentials.read(settings.tls()));
      }
      return credentials;
    }
  }

  /** Who wants to know of a new conversation's requests; null for nobody. */
  RequestObserver observer() {
    RequestObserver log = RequestLog.ifEnabled();
    RequestObserver recording = RequestRecording.ifEnabled();
    // Every datagram is a conversation: this is asked often, and nobody is usual.
    RequestObserver counting = metrics == null ? null : metrics.requests(settings.protocol());
    return log == null && recording == null
        ? counting
        : RequestObserver.of(log, recording, counting);
  }

  /** Who counts what the server does; null for nobody. */
  ServerMetrics metrics() {
    return metrics;
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
        .recover(e -> Future.failedFuture(cannotListen(e)))
        .onSuccess(all -> taken.complete(all.stream().map(Listener::address).toList()))
        .onFailure(taken::fail);
  }

  private Future<List<InetSocketAddress>> resolve() {
    if (addresses != null) {
      return Future.succeededFuture(addresses);
    }
    return settings.reusePort() && !vertx.isNativeTransportEnabled()
        ? Future.failedFuture("sharing a port among processes needs a native transport")
        : Listeners.resolve(vertx, owner, settings.host(), settings.port());
  }

  /** Shares the addresses that the first instance has taken; fails when it could not. */
  <S> Future<List<Listener<S>>> share(Listeners<S> listeners, Context context) {
    return taken(context)
        .compose(
            addresses ->
                listeners.listen(addresses).recover(e -> Future.failedFuture(cannotListen(e))));
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

  /** An instance listens; when all do, the server is announced. */
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

  /** Why the server does not start, in one line. */
  private IllegalStateException cannotListen(Throwable cause) {
    String where = Addresses.text(settings.host(), settings.port());
    String why =
        cause instanceof UnknownHostException ? "the name is unknown" : Listeners.reason(cause);
    return new IllegalStateException(
        String.format(
            Locale.ROOT, "%s cannot listen on %s: %s", settings.protocol().word(), where, why),
        cause);
  }

  /** What was turned away, counted. */
  RejectionCounter drops() {
    return drops;
  }

  /** Counts a connection that was closed before it was served, by no fault of the server's. */
  void handshakeFailed(HandshakeFailure.Reason reason, Supplier<String> detail) {
    if (metrics != null) {
      metrics.handshakeFailed(settings.protocol(), reason.word(), 1);
    }
    drops.count(RejectionCounter.Reason.HANDSHAKE, detail);
  }

  /** Takes a place for a connection or a datagram, if there is one; else that is counted. */
  boolean admit() {
    int max = settings.maxConversations();
    if (conversations.incrementAndGet() <= max) {
      return true;
    }
    conversations.decrementAndGet();
    boolean datagrams = settings.protocol() == Protocol.UDP;
    drops.count(
        datagrams ? RejectionCounter.Reason.MAX_PENDING : RejectionCounter.Reason.MAX_CONNECTIONS,
        () -> "more than " + max + (datagrams ? " are pending" : " are open"));
    return false;
  }

  /** Counts a connection or a datagram that was given up: it waits for {@code maxWaitMillis}. */
  void givenUp(String client) {
    drops.count(
        RejectionCounter.Reason.MAX_WAIT,
        () ->
            String.format(
                Locale.ROOT, "%s has waited for %d ms", client, settings.maxWaitMillis()));
  }

  /** One that was admitted is over. */
  void release() {
    conversations.decrementAndGet();
  }

  /** Takes a token of a datagram's source. */
  boolean mayAsk(InetAddress source) {
    SourceRates rates = this.rates;
    return rates == null || rates.admits(source, System.nanoTime());
  }
}
